import type { Conversation, Notification } from "@fireside/shared/protocol";
import { expect, test } from "vitest";
import { at, conversation } from "../../../tests/support";
import { isOver } from "./over";
import { notification } from "./testing";

const ME = 2;
const mine = { id: ME, name: "Ada", role: "agent", email: null } as const;
const waiting = { waiting_since: at(1) };

test.each<[Notification["kind"], Partial<Conversation>, boolean]>([
  ["mentioned", {}, false],
  ["mentioned", { status: "closed" }, true],
  ["assigned", { assignee: mine }, false],
  ["assigned", { assignee: { ...mine, id: 3 } }, true],
  ["replied", { assignee: mine, ...waiting }, false],
  ["replied", { assignee: mine }, true],
  ["replied", { ...waiting }, true],
  ["new", { ...waiting }, false],
  ["new", { assignee: mine, ...waiting }, true],
  ["team", {}, true],
  ["waiting", { ...waiting }, false],
  ["waiting", { assignee: mine, ...waiting }, true],
])("%s with %o: over is %s", (kind, rest, expected) => {
  expect(isOver(notification(1, { kind }), conversation("a", 1, rest), ME)).toBe(expected);
});

test("what was seen is over; of a conversation that is not known the server has said", () => {
  const open = conversation("a", 1, { assignee: mine, ...waiting });
  expect(isOver(notification(1, { is_seen: true }), open, ME)).toBe(true);
  expect(isOver(notification(1, { is_over: true }), undefined, ME)).toBe(true);
  expect(isOver(notification(1), undefined, ME)).toBe(false);
});
