import type { Conversation } from "@fireside/shared/protocol";
import { useRef } from "react";

/** The open conversation's row, where it stood, once it no longer belongs to the list. */
interface Kept {
  list: string;
  id: string;
  place: number;
}

export interface KeptRows {
  rows: readonly Conversation[];
  /** The row that is there only because it is open. */
  left: string | undefined;
}

/**
 * A row that stops belonging to the list while its conversation is open stays where it was until one leaves it: what was just
 * closed or assigned is still there to be looked at.
 */
export function useKept(
  list: string,
  rows: readonly Conversation[],
  currentId: string | undefined,
  current: (id: string) => Conversation | undefined,
): KeptRows {
  const kept = useRef<Kept>(undefined);
  const place = rows.findIndex(({ id }) => id === currentId);
  if (currentId !== undefined && place >= 0) kept.current = { list, id: currentId, place };
  const last = kept.current;
  if (last === undefined || last.list !== list || last.id !== currentId || place >= 0) {
    return { rows, left: undefined };
  }
  return withKept(rows, last.place, current(last.id));
}

export function withKept(
  rows: readonly Conversation[],
  place: number,
  conversation: Conversation | undefined,
): KeptRows {
  if (!conversation) return { rows, left: undefined };
  return {
    rows: [...rows.slice(0, place), conversation, ...rows.slice(place)],
    left: conversation.id,
  };
}
