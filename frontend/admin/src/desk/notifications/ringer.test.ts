import type { Notification } from "@fireside/shared/protocol";
import { beforeEach, expect, test } from "vitest";
import { ManualClock } from "../../../../shared/tests/support";
import { LOOK_MS, OLD_MS, OTHERS_MS, PAUSE_MS, REPEAT_MS, Ringer } from "./ringer";
import { notification } from "./testing";

let clock: ManualClock;
let over: Set<number>;
let isFirst: boolean;
let idle: number;
let seenWhileAsked: boolean;
let asked: number[];
let rung: number[];
let silenced: string[];
let ringer: Ringer;

beforeEach(() => {
  clock = new ManualClock();
  over = new Set();
  isFirst = true;
  idle = 0;
  seenWhileAsked = false;
  asked = [];
  rung = [];
  silenced = [];
  ringer = new Ringer({
    clock,
    ring: ({ id }) => void rung.push(id),
    silence: (conversationId) => void silenced.push(conversationId),
    mayRing: async ({ id }) => {
      asked.push(id);
      if (seenWhileAsked) {
        over.add(id);
        ringer.check();
      }
      return isFirst;
    },
    isOver: ({ id }) => over.has(id),
    idleMs: () => idle,
  });
});

const now = (id: number, rest: Partial<Notification> = {}): Notification =>
  notification(id, { created_at: new Date(clock.now()).toISOString(), ...rest });

async function pass(ms: number): Promise<void> {
  await clock.advance(ms);
}

test("the first device rings at once, and once", async () => {
  ringer.offer(now(1));
  ringer.offer(now(1));
  await pass(LOOK_MS);
  expect(rung).toEqual([1]);
  await pass(10 * OTHERS_MS);
  expect(rung).toEqual([1]);
});

test("the others ring eight seconds later, unless somebody has seen it by then", async () => {
  isFirst = false;
  ringer.offer(now(1));
  ringer.offer(now(2, { conversation_id: "b" }));
  await pass(LOOK_MS);
  expect(rung).toEqual([]);
  over.add(2);
  ringer.check();
  await pass(OTHERS_MS);
  expect(rung).toEqual([1]);
  expect(silenced).toEqual(["b"]);
});

test("a device that nobody uses asks later than one in use", async () => {
  idle = 600_000;
  ringer.offer(now(1));
  await pass(LOOK_MS);
  expect(asked).toEqual([]);
  await pass(200);
  expect(asked).toEqual([1]);
});

test("what was not to be told, what is old and what is seen at once make no sound", async () => {
  ringer.offer(now(1, { verdict: "quiet" }));
  ringer.offer(now(2, { created_at: new Date(clock.now() - OLD_MS - 1).toISOString() }));
  ringer.offer(now(3));
  over.add(3);
  ringer.check();
  await pass(LOOK_MS + OTHERS_MS);
  expect(asked).toEqual([]);
  expect(rung).toEqual([]);
});

test("two of one conversation in a moment are one sound, and each conversation has its own", async () => {
  ringer.offer(now(1));
  ringer.offer(now(2));
  ringer.offer(now(3, { conversation_id: "b" }));
  await pass(LOOK_MS);
  expect(rung).toEqual([1, 3]);
  await pass(PAUSE_MS);
  ringer.offer(now(4));
  await pass(LOOK_MS);
  expect(rung).toEqual([1, 3, 4]);
});

test("a customer whom nobody takes rings on until somebody does", async () => {
  ringer.offer(now(1, { kind: "waiting" }));
  await pass(LOOK_MS);
  await pass(REPEAT_MS);
  await pass(REPEAT_MS);
  expect(rung).toEqual([1, 1, 1]);
  over.add(1);
  ringer.check();
  await pass(10 * REPEAT_MS);
  expect(rung).toEqual([1, 1, 1]);
  expect(silenced).toEqual(["a"]);
});

test("what is seen while the server is asked does not ring", async () => {
  seenWhileAsked = true;
  ringer.offer(now(1));
  await pass(LOOK_MS + OTHERS_MS);
  expect(asked).toEqual([1]);
  expect(rung).toEqual([]);
});
