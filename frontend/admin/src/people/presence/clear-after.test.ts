import { expect, test } from "vitest";
import { endOf, localTime } from "./clear-after";

const NOON = new Date(2026, 5, 17, 12, 0, 30).getTime();

test.each([
  ["never", undefined],
  ["half-hour", NOON + 30 * 60_000],
  ["hour", NOON + 3_600_000],
  ["today", new Date(2026, 5, 18).getTime()],
  ["at", new Date(2026, 5, 20, 9, 15).getTime()],
] as const)("a status that is cleared after %s ends then, in the agent's zone", (after, end) => {
  expect(endOf(after, NOON, "2026-06-20T09:15")).toBe(end);
});

test("a field that holds no time ends at none", () => {
  expect(endOf("at", NOON, "")).toBeNaN();
});

test("a local time is written as it is read", () => {
  expect(endOf("at", 0, localTime(NOON))).toBe(NOON - 30_000);
});
