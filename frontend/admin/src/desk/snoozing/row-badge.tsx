import type { Conversation } from "@fireside/shared/protocol";
import { ClockIcon } from "../../ui/icons";
import { shortWallTime, wallTime } from "./times";
import { words } from "./words";
import "./row-badge.css";

/** When a snoozed one comes back. */
export function SnoozedBadge({ conversation: { status, snoozed_until } }: { conversation: Conversation }) {
  if (status !== "snoozed") return null;
  const at = snoozed_until ? Date.parse(snoozed_until) : undefined;
  const label = at === undefined ? words.untilCustomer : words.until(wallTime(at));
  return (
    <span className="row-snoozed" title={label}>
      <ClockIcon />
      <span aria-hidden="true">{at !== undefined && shortWallTime(at)}</span>
      <span className="visually-hidden">{label}</span>
    </span>
  );
}
