import { fullTime, timeOfDay } from "@fireside/shared/format/times";
import type { Pending, Streaming } from "@fireside/shared/log/conversation";
import type { Message } from "@fireside/shared/log/lane";
import type { Sender } from "@fireside/shared/protocol";
import { memo, type ReactNode } from "react";
import { Button } from "react-aria-components";
import { Avatar } from "../../ui/avatar";
import { LockIcon, WarningIcon } from "../../ui/icons";
import { language } from "../../ui/language";
import { Text } from "../contents/text";
import { viewOf } from "../contents/views";
import { words } from "./words";
import "./message.css";

interface BubbleProps {
  sender: Sender;
  own: boolean;
  note: boolean;
  startsGroup: boolean;
  at?: number;
  faint?: boolean;
  children: ReactNode;
}

/** One message. The customer stands left, the team right; only a note looks like a note. */
function Bubble({ sender, own, note, startsGroup, at, faint, children }: BubbleProps) {
  return (
    <div
      className="message"
      data-side={sender.role === "customer" ? "theirs" : "ours"}
      data-own={own || undefined}
      data-note={note || undefined}
      data-first={startsGroup || undefined}
      data-faint={faint || undefined}
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
    </div>
  );
}

interface MessageProps {
  message: Message;
  own: boolean;
  startsGroup: boolean;
}

export const MessageItem = memo(function MessageItem({ message, own, startsGroup }: MessageProps) {
  const { content, sender, lane, at, edited, reactions } = message;
  const { Body } = viewOf(content);
  return (
    <Bubble sender={sender} own={own} note={lane === "team"} startsGroup={startsGroup} at={at}>
      <Body content={content} />
      {edited && <span className="message-edited">{words.message.edited}</span>}
      {reactions.length > 0 && (
        <span className="message-reactions">
          {reactions.map(({ emoji, user }) => (
            <span key={`${user.id} ${emoji}`} title={user.name}>
              {emoji}
            </span>
          ))}
        </span>
      )}
    </Bubble>
  );
});

interface PendingProps {
  pending: Pending;
  sender: Sender;
  startsGroup: boolean;
  onRetry(id: string): void;
  onDelete(id: string): void;
}

export function PendingItem({ pending, sender, startsGroup, onRetry, onDelete }: PendingProps) {
  const failed = pending.state === "failed";
  const { Body } = viewOf(pending.content);
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
        <Body content={pending.content} />
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
      <Text text={streaming.text} />
      <span className="dots" role="img" aria-label={words.message.writing}>
        <span />
        <span />
        <span />
      </span>
    </Bubble>
  );
}
