import { fullTime, timeOfDay } from "@fireside/shared/format/times";
import { shown } from "@fireside/shared/log/new-message";
import type { Pending, Streaming } from "@fireside/shared/log/conversation";
import type { Message } from "@fireside/shared/log/lane";
import type { Sender } from "@fireside/shared/protocol";
import { memo, type ReactNode, useState } from "react";
import { Button } from "react-aria-components";
import { Avatar } from "../../ui/avatar";
import { LockIcon, WarningIcon } from "../../ui/icons";
import { language } from "../../ui/language";
import { useMessageActions } from "../actions";
import { EditForm } from "../changes/edit-form";
import { MessageTools } from "../changes/tools";
import { Formatted, Text } from "../contents/text";
import { viewOf } from "../contents/views";
import { ReactionChips } from "../reactions/chips";
import { Quote } from "../replies/quote";
import { toggleReaction } from "@fireside/shared/log/message-changes";
import { words as changeWords } from "../changes/words";
import { words } from "./words";
import "./message.css";

interface BubbleProps {
  sender: Sender;
  own: boolean;
  note: boolean;
  startsGroup: boolean;
  at?: number;
  faint?: boolean;
  /** Somebody was led here. */
  pointed?: boolean | undefined;
  /** Below the bubble. */
  under?: ReactNode;
  children: ReactNode;
}

/** One message. The customer stands left, the team right; only a note looks like a note. */
function Bubble({ sender, own, note, startsGroup, at, faint, pointed, under, children }: BubbleProps) {
  return (
    <div
      className="message"
      data-side={sender.role === "customer" ? "theirs" : "ours"}
      data-own={own || undefined}
      data-note={note || undefined}
      data-first={startsGroup || undefined}
      data-faint={faint || undefined}
      data-pointed={pointed || undefined}
    >
      {startsGroup && (
        <p className="message-head">
          {!own && <Avatar name={sender.name} small />}
          <span className="message-sender" dir="auto">
            {own ? words.message.you : sender.name}
          </span>
          {sender.role === "bot" && sender.name !== words.message.bot && (
            <span className="tag">{words.message.bot}</span>
          )}
          {note && (
            <span className="tag note-tag" title={words.message.noteHint}>
              <LockIcon />
              {words.message.note}
            </span>
          )}
          {at !== undefined && <time dateTime={new Date(at).toISOString()}>{timeOfDay(at, language)}</time>}
        </p>
      )}
      <div className="bubble" dir="auto" title={at === undefined ? undefined : fullTime(at, language)}>
        {children}
      </div>
      {under}
    </div>
  );
}

interface MessageProps {
  message: Message;
  /** The message that this one answers, as far as it is loaded. */
  answered?: Message | undefined;
  pointed?: boolean | undefined;
  own: boolean;
  startsGroup: boolean;
}

export const MessageItem = memo(function MessageItem({
  message,
  answered,
  pointed,
  own,
  startsGroup,
}: MessageProps) {
  const { room, ownId, editing, jump } = useMessageActions();
  const [problem, setProblem] = useState<string>();
  const { content, sender, lane, at, edited, reply_to } = message;
  const { Body } = viewOf(content);

  async function toggle(emoji: string): Promise<void> {
    setProblem(undefined);
    await toggleReaction(room, message, emoji, ownId).catch(() => setProblem(changeWords.reactionFailed));
  }

  if (editing === message.client_msg_id && content.type === "text") {
    return (
      <Bubble sender={sender} own={own} note={lane === "team"} startsGroup={startsGroup} at={at}>
        <EditForm message={message} content={content} />
      </Bubble>
    );
  }
  return (
    <Bubble
      sender={sender}
      own={own}
      note={lane === "team"}
      startsGroup={startsGroup}
      at={at}
      pointed={pointed}
      under={
        <>
          {content.type !== "deleted" && (
            <ReactionChips message={message} ownId={ownId} onToggle={(emoji) => void toggle(emoji)} />
          )}
          {problem && (
            <p className="message-problem" role="alert">
              {problem}
            </p>
          )}
        </>
      }
    >
      {reply_to !== undefined && content.type !== "deleted" && (
        <Quote message={answered} ownId={ownId} onShow={() => jump(lane, reply_to)} />
      )}
      <Body content={content} />
      {edited && <span className="message-edited">{words.message.edited}</span>}
      {content.type !== "unknown" && <MessageTools message={message} onProblem={setProblem} />}
    </Bubble>
  );
});

interface PendingProps {
  pending: Pending;
  answered?: Message | undefined;
  sender: Sender;
  startsGroup: boolean;
  onRetry(id: string): void;
  onDelete(id: string): void;
}

export function PendingItem({ pending, answered, sender, startsGroup, onRetry, onDelete }: PendingProps) {
  const failed = pending.state === "failed";
  const content = shown(pending.content);
  const { Body } = viewOf(content);
  return (
    <>
      <Bubble
        sender={sender}
        own
        note={pending.lane === "team"}
        startsGroup={startsGroup}
        at={pending.at}
        faint={pending.state === "sending"}
      >
        {pending.reply_to !== undefined && <Quote message={answered} ownId={sender.id} onShow={() => {}} />}
        <Body content={content} />
      </Bubble>
      {failed && (
        <p className="message-under message-failed" role="alert">
          <WarningIcon />
          <span>
            {words.message.failed} {pending.error?.message}
          </span>
          <Button className="link" onPress={() => onRetry(pending.client_msg_id)}>
            {words.message.tryAgain}
          </Button>
          <Button className="link" onPress={() => onDelete(pending.client_msg_id)}>
            {words.message.delete}
          </Button>
        </p>
      )}
    </>
  );
}

export function StreamingItem({ streaming, startsGroup }: { streaming: Streaming; startsGroup: boolean }) {
  return (
    <Bubble sender={streaming.sender} own={false} note={false} startsGroup={startsGroup}>
      {streaming.format === "markdown" ? (
        <Formatted source={streaming.text} />
      ) : (
        <Text text={streaming.text} />
      )}
      <span className="dots" role="img" aria-label={words.message.writing}>
        <span />
        <span />
        <span />
      </span>
    </Bubble>
  );
}
