import type { Conversation } from "@fireside/shared/protocol";
import { initials } from "../../ui/avatar";
import { words } from "./words";
import "./row-badge.css";

/** The team that has it, beside the one of it who does. */
export function TeamBadge({ conversation: { team } }: { conversation: Conversation }) {
  if (!team) return null;
  return (
    <span className="row-badge row-team" title={words.team(team.name)}>
      <span aria-hidden="true" dir="auto">
        {team.name}
      </span>
      <span className="visually-hidden">{words.team(team.name)}</span>
    </span>
  );
}

export function AssigneeBadge({ conversation: { assignee } }: { conversation: Conversation }) {
  if (!assignee) return null;
  return (
    <span className="row-badge row-assignee" title={words.assigned(assignee.name)}>
      <span aria-hidden="true">{initials(assignee.name)}</span>
      <span className="visually-hidden">{words.assigned(assignee.name)}</span>
    </span>
  );
}
