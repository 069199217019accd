import { describe, expect, test } from "vitest";
import { emptyConversation, holes, reduce, type ConversationState } from "./conversation";
import { byContent } from "./content";
import type { Content, LogEntry } from "../protocol";
import { timeline } from "./timeline";
import { AGENT, entry, ME, message, seeded, shuffled } from "../../tests/support";

const opened = (entries: LogEntry[] = [], head = entries.at(-1)?.seq ?? 0): ConversationState =>
  reduce(emptyConversation("conversation"), { type: "page", lane: "public", entries, head });

const receive = (state: ConversationState, ...entries: LogEntry[]): ConversationState =>
  reduce(state, { type: "entries", lane: "public", entries });

const seqs = (state: ConversationState): number[] => state.lanes.public.items.map((item) => item.seq);

/** A log with everything that can happen to a message in it. */
function log(length: number, random: () => number): LogEntry[] {
  return Array.from({ length }, (_, index) => {
    const seq = index + 1;
    const target_seq = 1 + Math.floor(random() * seq);
    const kind = random();
    if (kind < 0.6) return message(seq, { sender: random() < 0.5 ? ME : AGENT });
    if (kind < 0.75)
      return entry(seq, {
        type: "message_edited",
        target_seq,
        content: { type: "text", text: `edit ${seq}` },
      });
    if (kind < 0.8) return entry(seq, { type: "message_deleted", target_seq });
    if (kind < 0.9)
      return entry(seq, { type: "reaction_changed", target_seq, emoji: "👍", on: random() < 0.5 });
    if (kind < 0.95) return entry(seq, { type: "conversation_event", event: "agent_joined", data: {} });
    return entry(seq, { type: "from_the_future" });
  });
}

describe("in whatever order entries come", () => {
  test.each(Array.from({ length: 60 }, (_, seed) => seed + 1))("the end is the same (seed %i)", (seed) => {
    const random = seeded(seed);
    const entries = log(40, random);
    const inOrder = receive(opened(), ...entries);

    // Shuffled, doubled and partly lost; then what a sync brings, as long as something is missing.
    let state = opened();
    const arriving = shuffled([...entries, ...entries], random).filter(() => random() < 0.7);
    for (const one of arriving) state = receive(state, one);
    state = reduce(state, { type: "head", lane: "public", seq: 40 });
    for (const { since } of holes(state)) state = receive(state, ...entries.filter(({ seq }) => seq > since));

    expect(state).toEqual(inOrder);
    expect(holes(state)).toEqual([]);
  });

  test.each(Array.from({ length: 30 }, (_, seed) => seed + 1))(
    "so it is page by page, upwards (seed %i)",
    (seed) => {
      const random = seeded(seed);
      const entries = log(60, random);
      const inOrder = receive(opened(), ...entries);

      const size = 1 + Math.floor(random() * 20);
      let state = opened(entries.slice(-size), 60);
      while (state.lanes.public.first > 1) {
        const before = state.lanes.public.first;
        const page = entries.filter(({ seq }) => seq < before).slice(-size);
        state = reduce(state, { type: "page", lane: "public", entries: page });
      }
      expect(state.lanes.public.items).toEqual(inOrder.lanes.public.items);
    },
  );
});

test("the next entry is applied, an old one dropped, a far one held until the hole is filled", () => {
  let state = receive(opened([message(1)]), message(1), message(3));
  expect(seqs(state)).toEqual([1]);
  expect(holes(state)).toEqual([{ lane: "public", since: 1, certain: true }]);
  state = receive(state, message(2));
  expect(seqs(state)).toEqual([1, 2, 3]);
});

test("an entry of an unknown type counts, and is shown as one that only a newer version can show", () => {
  const state = receive(opened(), message(1), entry(2, { type: "from_the_future" }), message(3));
  expect(seqs(state)).toEqual([1, 2, 3]);
  expect(state.lanes.public.items[1]).toMatchObject({ kind: "message", content: { type: "unknown" } });
  expect(state.lanes.public.last).toBe(3);
});

test("so does a change of an unknown kind, of which nothing is shown", () => {
  const state = receive(opened(), message(1), entry(2, { type: "pinned", target_seq: 1 }), message(3));
  expect(seqs(state)).toEqual([1, 3]);
  expect(state.lanes.public.last).toBe(3);
});

test("an edit that was edited since says nothing, and the message is edited all the same", () => {
  const edit = (seq: number, text: string): LogEntry =>
    entry(seq, { type: "message_edited", target_seq: 1, content: { type: "text", text } });
  const now = message(1, { content: { type: "text", text: "now" } });
  expect(receive(opened(), now, edit(2, "")).lanes.public.items[0]).toMatchObject({
    content: { type: "text", text: "now" },
  });
  expect(receive(opened(), now, edit(2, ""), edit(3, "now")).lanes.public.items[0]).toMatchObject({
    content: { type: "text", text: "now" },
    edited: true,
  });
});

test("content of a type that only a newer server knows is never taken for deleted", () => {
  const views = { text: () => "text", deleted: () => "deleted", unknown: () => "unknown" };
  for (const type of ["text", "deleted", "unknown"] as const) {
    expect(byContent({ type, text: "" } as Content, views)).toBe(type);
  }
  expect(byContent({ type: "file" } as unknown as Content, views)).toBe("unknown");
});

test("a head beyond the last entry is a hole that may fill by itself", () => {
  const state = reduce(opened([message(1)]), { type: "head", lane: "public", seq: 5 });
  expect(holes(state)).toEqual([{ lane: "public", since: 1, certain: false }]);
});

test("what comes before the first page waits for it", () => {
  let state = receive(emptyConversation("conversation"), message(3), message(2));
  expect(seqs(state)).toEqual([]);
  state = reduce(state, { type: "page", lane: "public", entries: [message(1), message(2)], head: 2 });
  expect(seqs(state)).toEqual([1, 2, 3]);
  expect(state.lanes.public.held.size).toBe(0);
});

test("what is held beyond a hole has a bound", () => {
  const state = receive(opened(), ...Array.from({ length: 5000 }, (_, index) => message(index + 2)));
  expect(state.lanes.public.held.size).toBeLessThanOrEqual(500);
  expect(state.lanes.public.head).toBe(5001);
});

test("the lanes have numbers of their own", () => {
  let state = receive(opened(), message(1));
  state = reduce(state, { type: "page", lane: "team", entries: [], head: 0 });
  state = reduce(state, { type: "entries", lane: "team", entries: [message(1, { lane: "team" })] });
  expect(state.lanes.public.last).toBe(1);
  expect(state.lanes.team.last).toBe(1);
});

test("an edit of a deleted message does not bring it back", () => {
  const state = receive(
    opened([message(1, { content: { type: "deleted" } })]),
    entry(2, { type: "message_edited", target_seq: 1, content: { type: "text", text: "back" } }),
  );
  expect(state.lanes.public.items[0]).toMatchObject({ content: { type: "deleted" }, edited: false });
});

describe("what announces a message ends with it", () => {
  const mine = {
    kind: "pending",
    lane: "public",
    client_msg_id: "c2",
    at: 0,
    content: { type: "text", text: "hi" },
    state: "sent",
  } as const;

  test("the pending bubble stands below until its entry comes, and does not come again", () => {
    let state = reduce(opened([message(1)]), { type: "pending", pending: [mine] });
    expect(timeline(state).map(({ kind }) => kind)).toEqual(["message", "pending"]);
    state = receive(state, message(2, { sender: ME }));
    expect(timeline(state).map(({ kind }) => kind)).toEqual(["message", "message"]);
    state = reduce(state, { type: "pending", pending: [mine] });
    expect(state.pending).toEqual([]);
  });

  test("so does a streamed reply, and a late piece of it is ignored", () => {
    const event = {
      type: "message_streaming",
      conversation_id: "c",
      client_msg_id: "c1",
      sender: AGENT,
      text: "H",
    } as const;
    let state = reduce(opened(), { type: "streaming", event, now: 0 });
    expect(timeline(state)).toMatchObject([{ kind: "streaming", text: "H" }]);
    state = reduce(state, { type: "streaming", event: { ...event, text: "He" }, now: 1 });
    expect(timeline(state)).toMatchObject([{ text: "He" }]);
    state = receive(state, message(1));
    state = reduce(state, { type: "streaming", event, now: 2 });
    expect(timeline(state).map(({ kind }) => kind)).toEqual(["message"]);
  });

  test("a reply that grows ends when a person takes over, and a late piece of it is ignored", () => {
    const sender = { id: 3, role: "bot", name: "Bot" } as const;
    const event = {
      type: "message_streaming",
      conversation_id: "c",
      client_msg_id: "b",
      sender,
      text: "Half",
    } as const;
    let state = reduce(opened([message(1, { sender: ME })]), { type: "streaming", event, now: 0 });
    expect(state.streaming.length).toBe(1);
    state = receive(state, message(2, { sender: AGENT }));
    expect(state.streaming).toEqual([]);
    expect(reduce(state, { type: "streaming", event, now: 1 }).streaming).toEqual([]);
  });

  test("the typing of its sender ends, not that of others", () => {
    const typing = (user_id: number) =>
      ({ user_id, user_name: "x", role: "agent", is_typing: true, expires_in_ms: 4000 }) as const;
    let state = reduce(opened(), { type: "typing", event: typing(AGENT.id), now: 0 });
    state = reduce(state, { type: "typing", event: typing(9), now: 0 });
    expect(receive(state, message(1)).typing.map(({ user_id }) => user_id)).toEqual([9]);
  });
});

test("typing and streams go by themselves", () => {
  let state = reduce(opened(), {
    type: "typing",
    event: { user_id: 2, user_name: "Grace", role: "agent", is_typing: true, expires_in_ms: 4000 },
    now: 0,
  });
  state = reduce(state, {
    type: "streaming",
    event: { type: "message_streaming", conversation_id: "c", client_msg_id: "s", sender: AGENT, text: "…" },
    now: 0,
  });
  state = reduce(state, { type: "tick", now: 4000 });
  expect([state.typing.length, state.streaming.length]).toEqual([0, 1]);
  state = reduce(state, { type: "tick", now: 10_000 });
  expect(state.streaming.length).toBe(0);
});

test("marks only grow", () => {
  const mark = (read_seq: number) =>
    ({ user_id: 2, role: "agent", delivered_seq: read_seq, read_seq }) as const;
  let state = reduce(opened(), { type: "mark", mark: mark(5) });
  state = reduce(state, { type: "mark", mark: mark(3) });
  expect(state.marks.get(2)).toMatchObject({ read_seq: 5, delivered_seq: 5 });
});

test("a reset forgets the log and keeps what is being sent", () => {
  const pending = {
    kind: "pending",
    lane: "public",
    client_msg_id: "x",
    at: 0,
    content: { type: "text", text: "hi" },
    state: "sending",
  } as const;
  const state = reduce(reduce(opened([message(1)]), { type: "pending", pending: [pending] }), {
    type: "reset",
  });
  expect(state.lanes.public.last).toBeNull();
  expect(state.pending).toHaveLength(1);
});
