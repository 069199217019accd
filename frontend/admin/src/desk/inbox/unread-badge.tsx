import type { Conversation } from "@fireside/shared/protocol";
import { words } from "./words";
import "./unread-badge.css";

export function UnreadBadge({ conversation: { unread } }: { conversation: Conversation }) {
  if (unread === 0) return null;
  return (
    <span className="row-badge row-unread">
      <span aria-hidden="true">{unread > 99 ? "99+" : unread}</span>
      <span className="visually-hidden">{words.unread(unread)}</span>
    </span>
  );
}
