import type { Conversation } from "@fireside/shared/protocol";
import { LabelDot } from "./chip";
import { useLabelsOf } from "./use-labels";
import { words } from "./words";
import "./row-badge.css";

/** Dots that a row has room for; the words are read out, and stand in the tooltip and in the conversation. */
const DOTS = 4;

export function LabelsBadge({ conversation }: { conversation: Conversation }) {
  const labels = useLabelsOf(conversation.labels);
  if (labels.length === 0) return null;
  const names = words.onConversation(labels.map(({ name }) => name).join(", "));
  return (
    <span className="row-labels" title={names}>
      {labels.slice(0, DOTS).map(({ id, colour }) => (
        <LabelDot key={id} colour={colour} />
      ))}
      <span className="visually-hidden">{names}</span>
    </span>
  );
}
