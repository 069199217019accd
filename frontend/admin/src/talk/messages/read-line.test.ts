import type { Mark } from "@fireside/shared/protocol";
import { expect, test } from "vitest";
import { readBefore } from "./read-line";

const marks = (...all: [user_id: number, role: Mark["role"], read_seq: number][]): Map<number, Mark> =>
  new Map(all.map(([user_id, role, read_seq]) => [user_id, { user_id, role, read_seq, delivered_seq: 9 }]));

test.each([
  ["where this agent stopped, whatever others have read", marks([1, "agent", 3], [2, "agent", 7]), 3],
  ["at the start for one who has read nothing yet", marks([1, "agent", 0], [2, "agent", 7]), 0],
  [
    "where the team is for one who was never here",
    marks([2, "agent", 4], [3, "agent", 7], [9, "customer", 8]),
    7,
  ],
  ["at the start where nobody of the team has been", marks([9, "customer", 8]), 0],
  ["at the start where nobody at all has been", marks(), 0],
])("unread begins %s", (_, known, seq) => {
  expect(readBefore(known, 1)).toBe(seq);
});
