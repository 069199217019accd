import type { Conversation } from "@fireside/shared/protocol";
import { useReadState } from "../../talk/reading/use-reading";
import { isUnread } from "./unread";
import { words } from "./words";
import "./dot.css";

/** At the start of a row: this agent has not read it. Bold says that somebody waits, whoever has read it. */
export function UnreadDot({ conversation }: { conversation: Conversation }) {
  if (!isUnread(conversation, useReadState(conversation.id))) return null;
  return (
    <span className="row-dot">
      <span className="visually-hidden">{words.unread}</span>
    </span>
  );
}
