import { expect, test } from "vitest";
import { at, conversation } from "../../../tests/support";
import { isUnread } from "./unread";

const state = (read_seq: number, unread_from: number | null = null) => ({
  conversation_id: "a",
  read_seq,
  team_read_seq: 0,
  unread_from,
  version: 0,
});
const from = (role: "customer" | "agent", rest = {}) =>
  conversation("a", 1, {
    last_message: {
      seq: 4,
      sender: { id: 1, role, name: "" },
      content: { type: "text", text: "" },
      created_at: at(1),
    },
    ...rest,
  });

test.each([
  ["what the customer wrote after one has read", from("customer"), state(3), true],
  ["and not what one has read", from("customer"), state(4), false],
  ["nor what a colleague wrote", from("agent"), state(3), false],
  ["nor what was closed since", from("customer", { status: "closed" }), state(3), false],
  ["nor what is not known", from("customer"), undefined, false],
  ["but whatever one has put back", from("agent", { status: "closed" }), state(4, 2), true],
] as const)("unread is %s", (_, row, read, expected) => {
  expect(isUnread(row, read)).toBe(expected);
});
