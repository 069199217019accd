import type { Label } from "@fireside/shared/protocol";
import type { Colour } from "./colours";
import "./chip.css";

export function LabelDot({ colour }: { colour: Colour }) {
  return <span className="label-dot" data-colour={colour} aria-hidden="true" />;
}

/** A label in full. */
export function LabelChip({ label: { name, colour } }: { label: Label }) {
  return (
    <span className="label-chip">
      <LabelDot colour={colour} />
      <span dir="auto">{name}</span>
    </span>
  );
}
