import type { Priority } from "@fireside/shared/protocol";
import type { ReactNode } from "react";
import "./icon.css";

/** Each has a shape of its own: bars that grow, and a sign where it burns. */
const SHAPES: Readonly<Record<Priority, ReactNode>> = {
  low: bars(1),
  normal: bars(2),
  high: bars(3),
  urgent: (
    <>
      <rect className="filled" x="2.5" y="2.5" width="15" height="15" rx="3.5" />
      <path className="cut" d="M10 5.8v5.4m0 3v.1" />
    </>
  ),
};

function bars(filled: number): ReactNode {
  return [0, 1, 2].map((place) => (
    <rect
      key={place}
      className={place < filled ? "filled" : "empty"}
      x={3 + place * 5.5}
      y={12 - place * 4}
      width="3"
      height={5 + place * 4}
      rx="1"
    />
  ));
}

export function PriorityIcon({ priority }: { priority: Priority }) {
  return (
    <svg
      className="icon priority-icon"
      data-priority={priority}
      viewBox="0 0 20 20"
      aria-hidden="true"
      focusable="false"
    >
      {SHAPES[priority]}
    </svg>
  );
}
