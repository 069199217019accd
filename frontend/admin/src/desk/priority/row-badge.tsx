import type { Conversation } from "@fireside/shared/protocol";
import { PriorityIcon } from "./icon";
import { words } from "./words";
import "./row-badge.css";

/** Nothing of a normal one: what every row has says nothing. */
export function PriorityBadge({ conversation: { priority } }: { conversation: Conversation }) {
  if (priority === undefined || priority === "normal") return null;
  const label = words.label(words.names[priority]);
  return (
    <span className="row-priority" title={label}>
      <PriorityIcon priority={priority} />
      <span className="visually-hidden">{label}</span>
    </span>
  );
}
