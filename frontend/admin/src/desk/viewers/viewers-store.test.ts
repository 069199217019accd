import { textMessage } from "@fireside/shared/log/new-message";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { modeOf } from "./use-looking";
import { ViewersStore } from "./viewers-store";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const word = (user_id: number, mode: "viewing" | "replying" | null) => ({
  conversation_id: "a",
  user_id,
  user_name: `Agent ${user_id}`,
  mode,
  expires_in_ms: 15_000,
});

test("colleagues come, change what they do in their place, and go", () => {
  const store = new ViewersStore();
  store.offer(word(1, "viewing"));
  store.offer(word(2, "viewing"));
  store.offer(word(1, "replying"));
  expect(store.get("a")?.map(({ id, mode }) => [id, mode])).toEqual([
    [1, "replying"],
    [2, "viewing"],
  ]);
  store.offer(word(1, null));
  store.offer(word(2, null));
  expect(store.get("a")).toBeUndefined();
});

test("a word that is not repeated ends", () => {
  const store = new ViewersStore();
  store.offer(word(1, "viewing"));
  vi.advanceTimersByTime(10_000);
  store.offer(word(1, "viewing"));
  vi.advanceTimersByTime(14_000);
  expect(store.get("a")).toHaveLength(1);
  vi.advanceTimersByTime(1_000);
  expect(store.get("a")).toBeUndefined();
});

test("what an agent does is what the draft is", () => {
  expect(modeOf(textMessage(" "))).toBe("viewing");
  expect(modeOf(textMessage("Hello"))).toBe("replying");
  expect(modeOf(textMessage("Hello", "team"))).toBe("noting");
});
