import { type ConversationState, emptyConversation, type Pending } from "@fireside/shared/log/conversation";
import type { Message } from "@fireside/shared/log/lane";
import { textMessage } from "@fireside/shared/log/new-message";
import { expect, test } from "vitest";
import { guarded, missedSince, seenBy, seenOf, staleOf, takenBack } from "./guard";

const ADA = { id: 1, role: "agent", name: "Ada" } as const;
const GRACE = { id: 2, role: "agent", name: "Grace" } as const;
const MARIA = { id: 3, role: "customer", name: "Maria" } as const;

const message = (seq: number, sender: Message["sender"], rest: Partial<Message> = {}): Message =>
  ({
    kind: "message",
    lane: "public",
    seq,
    message_id: `m${seq}`,
    client_msg_id: `c${seq}`,
    sender,
    at: seq,
    content: { type: "text", text: `${sender.name} ${seq}` },
    ...rest,
  }) as Message;

function conversation(open: Message[], team: Message[] = []): ConversationState {
  const empty = emptyConversation("here");
  const lane = (items: Message[], name: "public" | "team") => ({
    ...empty.lanes[name],
    items,
    last: items.at(-1)?.seq ?? 0,
  });
  return { ...empty, lanes: { public: lane(open, "public"), team: lane(team, "team") } };
}

const refused = (text: string, seen_seq: number, code = "stale"): Pending => ({
  ...textMessage(text),
  seen_seq,
  team_seen_seq: 0,
  kind: "pending",
  client_msg_id: text,
  at: 0,
  state: "failed",
  error: { code, message: "" },
});

test("an answer says what was seen, a note does not", () => {
  const seen = seenOf(conversation([message(4, MARIA)], [message(2, GRACE)]));
  expect(guarded(textMessage("Yes"), seen)).toMatchObject({ seen_seq: 4, team_seen_seq: 2 });
  expect(guarded(textMessage("Hm", "team"), seen)).toEqual(textMessage("Hm", "team"));
});

test("only what a colleague's message made stale comes back, above what was begun since", () => {
  const stale = staleOf([refused("One", 3), refused("Two", 2), refused("Other", 1, "conversation_closed")]);
  expect(stale.map(({ client_msg_id }) => client_msg_id)).toEqual(["One", "Two"]);
  expect(seenBy(stale)).toEqual({ public: 2, team: 0 });
  expect(takenBack(stale, textMessage("Three", "team"))).toEqual(textMessage("One\n\nTwo\n\nThree"));
  expect(takenBack(stale.slice(0, 1), textMessage(" "))).toEqual(textMessage("One"));
});

test("missed are the messages of colleagues in both lanes, and nobody else's", () => {
  const state = conversation(
    [message(1, GRACE), message(2, MARIA), message(3, ADA), message(4, GRACE)],
    [message(1, GRACE, { lane: "team", at: 3 }), message(2, ADA, { lane: "team" })],
  );
  const missed = missedSince({ public: 1, team: 0 }, state, ADA.id);
  expect(missed.map(({ lane, seq }) => [lane, seq])).toEqual([
    ["team", 1],
    ["public", 4],
  ]);
});
