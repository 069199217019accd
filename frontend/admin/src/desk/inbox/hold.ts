import type { Conversation } from "@fireside/shared/protocol";
import { activity, ORDERS } from "./conversation-store";

export interface HeldList {
  rows: readonly Conversation[];
  /** Rows that would stand higher, or be there at all, if nobody were pointing. */
  waiting: number;
}

/**
 * The list as it was when the pointer came over it, with the contents of now: rows don't jump away from
 * under a click. Older conversations, which paging brings, are still added below.
 *
 * @param held the list at the moment when the pointer came.
 * @param live the list as it is.
 * @param current what is known of a conversation now, whatever its status.
 * @param order of the list; what comes behind its last row is added there.
 */
export function holdList(
  held: readonly Conversation[],
  live: readonly Conversation[],
  current: (id: string) => Conversation | undefined,
  order: (one: Conversation, other: Conversation) => number = ORDERS.activity,
): HeldList {
  const places = new Map(held.map((conversation, place) => [conversation.id, { conversation, place }]));
  const last = held.at(-1);
  const older: Conversation[] = [];
  let waiting = 0;
  live.forEach((conversation, place) => {
    const before = places.get(conversation.id);
    if (!before && last && order(last, conversation) <= 0) older.push(conversation);
    else if (!before) waiting++;
    else if (place < before.place && activity(conversation) > activity(before.conversation)) waiting++;
  });
  return { rows: [...held.map((row) => current(row.id) ?? row), ...older], waiting };
}
