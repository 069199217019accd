import type { Conversation } from "@fireside/shared/protocol";
import { initials } from "../../ui/avatar";
import { words } from "./words";
import "./row-badge.css";

export function AssigneeBadge({ conversation: { assignee } }: { conversation: Conversation }) {
  if (!assignee) return null;
  return (
    <span className="row-badge row-assignee" title={words.assigned(assignee.name)}>
      <span aria-hidden="true">{initials(assignee.name)}</span>
      <span className="visually-hidden">{words.assigned(assignee.name)}</span>
    </span>
  );
}
