import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { TypingStore } from "./typing-store";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const indicator = (user_id: number, is_typing = true) =>
  ({
    conversation_id: "a",
    user_id,
    user_name: `User ${user_id}`,
    role: "customer",
    is_typing,
    expires_in_ms: 10_000,
  }) as const;

const typists = (store: TypingStore) => store.get("a")?.map(({ id }) => id) ?? [];

test("typing shows until it is said to have stopped", () => {
  const store = new TypingStore();
  store.offer(indicator(1));
  store.offer(indicator(2));
  expect(typists(store)).toEqual([1, 2]);
  store.offer(indicator(1, false));
  expect(typists(store)).toEqual([2]);
});

test("typing whose end got lost hides by itself", () => {
  const store = new TypingStore();
  store.offer(indicator(1));
  vi.advanceTimersByTime(9_999);
  expect(typists(store)).toEqual([1]);
  vi.advanceTimersByTime(1);
  expect(typists(store)).toEqual([]);
});

test("typing that is said again lasts on from then", () => {
  const store = new TypingStore();
  store.offer(indicator(1));
  vi.advanceTimersByTime(8_000);
  store.offer(indicator(1));
  vi.advanceTimersByTime(8_000);
  expect(typists(store)).toEqual([1]);
});

test("only who looks at a conversation is told of it", () => {
  const store = new TypingStore();
  const told: string[] = [];
  store.subscribe("a", () => told.push("a"));
  const stop = store.subscribe("b", () => told.push("b"));
  store.offer(indicator(1));
  stop();
  expect(told).toEqual(["a"]);
});
