import { expect, test } from "vitest";
import { emptyConversation, reduce, type ConversationState } from "./conversation";
import type { LaneName, LogEntry } from "../protocol";
import { laneToExtend, newestDelivery, rows, timeline } from "./timeline";
import { AGENT, entry, ME, message } from "../../tests/support";

const MINUTE_MS = 60_000;
const at = (ms: number): { created_at: string } => ({
  created_at: new Date(1_700_000_000_000 + ms).toISOString(),
});

const page = (state: ConversationState, lane: LaneName, entries: LogEntry[]): ConversationState =>
  reduce(state, { type: "page", lane, entries, head: entries.at(-1)?.seq ?? 0 });

test("notes stand between messages by their time", () => {
  let state = page(emptyConversation("c"), "public", [message(1, at(1000)), message(2, at(3000))]);
  state = page(state, "team", [message(1, { ...at(2000), lane: "team", message_id: "note" })]);
  expect(timeline(state, ["public", "team"]).map((item) => "message_id" in item && item.message_id)).toEqual([
    "m1",
    "note",
    "m2",
  ]);
});

test("a lane does not show a past that the other has not loaded", () => {
  let state = page(emptyConversation("c"), "public", [message(51, at(5000)), message(52, at(6000))]);
  state = page(state, "team", [
    message(1, { ...at(1000), lane: "team" }),
    message(2, { ...at(5500), lane: "team" }),
  ]);
  expect(timeline(state, ["public", "team"])).toHaveLength(3);
  expect(laneToExtend(state, ["public", "team"])?.name).toBe("public");
});

test("groups end with the sender, the day, and three minutes", () => {
  const entries = [
    message(1, at(0)),
    message(2, at(MINUTE_MS)),
    message(3, at(10 * MINUTE_MS)),
    message(4, { ...at(10 * MINUTE_MS), sender: ME }),
    message(5, { ...at(48 * 60 * MINUTE_MS), sender: ME }),
  ];
  const shown = rows(timeline(page(emptyConversation("c"), "public", entries)), ME.id);
  expect(shown.map(({ startsGroup }) => startsGroup)).toEqual([true, false, true, true, true]);
  expect(shown.map(({ startsDay }) => startsDay)).toEqual([true, false, false, false, true]);
});

test("the new line stands once, above the first unread message of somebody else", () => {
  const entries = [message(1), message(2, { sender: ME }), message(3), message(4)];
  const shown = rows(timeline(page(emptyConversation("c"), "public", entries)), ME.id, 1);
  expect(shown.map(({ startsNew }) => startsNew)).toEqual([false, false, true, false]);
});

test("only the newest message of our own tells how far it came", () => {
  let state = page(emptyConversation("c"), "public", [
    message(1, { sender: ME }),
    message(2, { sender: ME }),
    message(3),
  ]);
  const delivery = () => newestDelivery(state, timeline(state), ME.id, ["agent"]);
  expect(delivery()).toEqual({ key: "c2", state: "sent" });
  state = reduce(state, {
    type: "mark",
    mark: { user_id: AGENT.id, role: "agent", delivered_seq: 2, read_seq: 1 },
  });
  expect(delivery()).toEqual({ key: "c2", state: "delivered" });
  state = reduce(state, {
    type: "mark",
    mark: { user_id: AGENT.id, role: "agent", delivered_seq: 2, read_seq: 2 },
  });
  expect(delivery()).toEqual({ key: "c2", state: "seen" });
});

test("a notice of our own is no message of our own", () => {
  const joined = entry(2, { type: "conversation_event", event: "agent_joined", data: {}, sender: ME });
  const state = page(emptyConversation("c"), "public", [message(1, { sender: ME }), joined]);
  expect(newestDelivery(state, timeline(state), ME.id, ["agent"])?.key).toBe("c1");
});
