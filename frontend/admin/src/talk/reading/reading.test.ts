import type { Signal } from "@fireside/shared/line/requests";
import type { ReadState } from "@fireside/shared/protocol/rest";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Reading } from "./reading";
import { ReadStates } from "./read-states";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const state = (rest: Partial<ReadState> = {}): ReadState => ({
  conversation_id: "a",
  read_seq: 3,
  team_read_seq: 0,
  unread_from: null,
  version: 0,
  ...rest,
});

function made(answer: ReadState[] = []) {
  const asked: string[] = [];
  const posted: [string, unknown][] = [];
  const told: Signal[] = [];
  let fails = false;
  const rest = {
    get: async (path: string) => {
      asked.push(path);
      return { items: answer } as never;
    },
    post: async (path: string, body: unknown) => {
      posted.push([path, body]);
      if (fails) throw new Error("away");
      return state({ unread_from: 2, version: 1 }) as never;
    },
  };
  const states = new ReadStates(rest);
  const chat = { rest, signal: (signal: Signal) => void told.push(signal), status: { transport: "socket" } };
  const reading = new Reading(chat as never, states);
  const room = { id: "a", markRead: vi.fn(), marks: { tell: vi.fn() } };
  return { states, reading, room: room as never, asked, posted, told, fail: () => (fails = true) };
}

const unreadOf = ({ states }: { states: ReadStates }) => states.get("a")?.unread_from;

test("in whatever order news come, marks only grow and the larger version counts", () => {
  const news = [
    state({ unread_from: 2, version: 1 }),
    state({ read_seq: 5, version: 2 }),
    state({ team_read_seq: 4 }),
  ];
  for (const order of [news, news.toReversed(), [news[1]!, news[0]!, news[2]!]]) {
    const { states } = made();
    for (const each of order) states.offer(each);
    expect(states.get("a")).toEqual(state({ read_seq: 5, team_read_seq: 4, version: 2 }));
  }
});

test("what is watched is asked for together, and what was never read begins at nothing", async () => {
  const { states, asked } = made([state()]);
  states.watch("a");
  states.watch("b");
  await vi.runAllTimersAsync();
  expect(asked).toEqual(["/chat/read-states?conversation_ids=a,b"]);
  expect(states.get("a")).toEqual(state());
  expect(states.get("b")).toEqual(state({ conversation_id: "b", read_seq: 0 }));
  states.watch("a");
  await vi.runAllTimersAsync();
  expect(asked).toHaveLength(1);
});

test("after a doubt what is watched is asked for anew, and the rest is known no longer", async () => {
  const { states, asked } = made([state()]);
  const stop = states.watch("b");
  states.watch("a");
  await vi.runAllTimersAsync();
  stop();
  states.doubt();
  expect(states.get("b")).toBeUndefined();
  await vi.runAllTimersAsync();
  expect(asked.at(-1)).toBe("/chat/read-states?conversation_ids=a");
});

test("what was put back while it was read stays so, and reading it again ends that at once", () => {
  const world = made();
  const { states, reading, room, told } = world;
  states.offer(state({ version: 4 }));
  reading.read(room, { read_seq: 5, team_read_seq: 0, version: 4 });
  states.offer(state({ read_seq: 5, unread_from: 2, version: 5 }));
  reading.read(room, { read_seq: 5, team_read_seq: 0, version: 4 });
  expect(unreadOf(world)).toBe(2);
  expect(told).toHaveLength(1);
  reading.read(room, { read_seq: 5, team_read_seq: 0, version: 5 });
  expect(states.get("a")).toEqual(state({ read_seq: 5, version: 6 }));
  expect(told).toHaveLength(2);
});

test("a mark says what its reader knew, and how far the notes are read", () => {
  const { states, reading, room } = made();
  states.offer(state({ version: 4 }));
  const signal = { type: "mark_read", conversation_id: "a", seq: 5 } as const;
  expect(reading.marked(signal)).toEqual([{ ...signal, version: undefined }]);
  reading.read(room, { read_seq: 5, team_read_seq: 2, version: 4 });
  expect(reading.marked(signal)).toEqual([
    { ...signal, version: 4 },
    { ...signal, version: 4, lane: "team", seq: 2 },
  ]);
});

test("putting back shows at once, and not at all where it failed", async () => {
  const world = made();
  world.states.offer(state());
  const done = world.reading.putBack("a", 2);
  expect(unreadOf(world)).toBe(2);
  await done;
  expect(world.states.get("a")).toEqual(state({ unread_from: 2, version: 1 }));
  const failing = made();
  failing.states.offer(state());
  failing.fail();
  const failed = failing.reading.putBack("a", 2);
  expect(unreadOf(failing)).toBe(2);
  await expect(failed).rejects.toThrow("away");
  expect(failing.states.get("a")).toEqual(state());
});
