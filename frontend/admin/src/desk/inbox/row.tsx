import { fullTime, shortAgo } from "@fireside/shared/format/times";
import type { Conversation } from "@fireside/shared/protocol";
import { memo } from "react";
import { Link } from "wouter";
import { usePresence } from "../../people/presence/presence";
import { words as presenceWords } from "../../people/presence/words";
import { viewOf } from "../../talk/contents/views";
import { Avatar } from "../../ui/avatar";
import { useNow } from "../../ui/clock";
import { useKeyed } from "../../ui/keyed-store";
import { language } from "../../ui/language";
import { RowCheck } from "../bulk/row-check";
import { conversationPath, type ListAddress } from "../conversations/address";
import { useDesk } from "../desk";
import { useDeskSlots } from "../slots";
import { words as viewWords } from "../views/words";
import { activity } from "./conversation-store";
import { words } from "./words";
import "./row.css";

interface RowProps {
  conversation: Conversation;
  ownId: number;
  isCurrent: boolean;
  /** The one row of the list that Tab reaches; arrow keys move between the others. */
  isTabStop: boolean;
  /** The list in which it stands. */
  address: ListAddress;
  /** It stands there only because it is open. */
  hasLeft: boolean;
  /** The list by what it holds. */
  list: string;
  /** Selects from the row that was touched last to this one. */
  onExtend(id: string): void;
}

export const InboxRow = memo(function InboxRow({
  conversation,
  ownId,
  isCurrent,
  isTabStop,
  address,
  hasLeft,
  list,
  onExtend,
}: RowProps) {
  const { typing } = useDesk();
  const typists = useKeyed(typing, conversation.id);
  const { rowBadges } = useDeskSlots();
  const { customer } = conversation;
  // Until something is heard of them, the row itself says whether they were here when it was written.
  const status = usePresence(customer.id)?.status ?? (customer.online ? "online" : undefined);
  const now = useNow();
  const at = activity(conversation);
  return (
    <div
      className="row-frame"
      onClickCapture={(event) => {
        // Before the link hears of it, which would open a window.
        if (!event.shiftKey) return;
        event.preventDefault();
        event.stopPropagation();
        onExtend(conversation.id);
      }}
    >
      <RowCheck id={conversation.id} name={customer.name} list={list} />
      <Link
        href={conversationPath(conversation.id, address)}
        className="row"
        data-waiting={conversation.waiting_since !== null || undefined}
        data-conversation={conversation.id}
        data-left={hasLeft || undefined}
        aria-current={isCurrent ? "page" : undefined}
        tabIndex={isTabStop ? 0 : -1}
      >
        <Avatar name={customer.name} presence={status} />
        <span className="row-body">
          <span className="row-line">
            <span className="row-name" dir="auto">
              {customer.name}
            </span>
            {conversation.waiting_since !== null && <span className="visually-hidden">{words.awaits}</span>}
            {hasLeft && <span className="visually-hidden">{viewWords.left}</span>}
            {status && <span className="visually-hidden">{presenceWords[status]}</span>}
            <time className="row-time" dateTime={new Date(at).toISOString()} title={fullTime(at, language)}>
              {shortAgo(at, now, language)}
            </time>
          </span>
          <span className="row-line">
            {typists?.some(({ role }) => role === "customer") ? (
              <span className="row-typing">{words.typing}</span>
            ) : (
              <span className="row-preview">
                {speaker(conversation, ownId)}
                <bdi>{preview(conversation)}</bdi>
              </span>
            )}
            {rowBadges.map((Badge, place) => (
              <Badge key={place} conversation={conversation} />
            ))}
          </span>
        </span>
      </Link>
    </div>
  );
});

/** The sender of the last message, unless it was the customer. */
export function speaker({ last_message }: Conversation, ownId: number): string {
  if (!last_message || last_message.sender.role === "customer") return "";
  return last_message.sender.id === ownId ? words.you : words.by(last_message.sender.name);
}

/** The last message in one line. */
export function preview({ last_message }: Conversation): string {
  if (!last_message) return words.noMessage;
  return viewOf(last_message.content).preview(last_message.content);
}
