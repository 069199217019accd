import { describe, expect, test } from "vitest";
import { dayHeading, longAgo, shortAgo } from "./times";
import { uuid } from "../line/ids";

describe("times as people say them", () => {
  const now = new Date(2026, 2, 18, 15, 0).getTime();
  const ago = (days: number, hours = 0, minutes = 0): number =>
    new Date(2026, 2, 18 - days, 15 - hours, -minutes).getTime();

  test.each([
    [ago(0, 0, 0), "now"],
    [ago(0, 0, 5), "5 min"],
    [ago(0, 3), "3 hr"],
    [ago(1), "Tue"],
    [ago(40), "Feb 6"],
    [ago(400), "02/2025"],
  ])("%i is short %j", (at, text) => expect(shortAgo(at, now, "en")).toBe(text));

  test.each([
    [ago(0), "Today"],
    [ago(1, 14), "Yesterday"],
    [ago(3), "Sunday"],
    [ago(40), "February 6"],
    [ago(400), "February 11, 2025"],
  ])("%i heads its day as %j", (at, text) => expect(dayHeading(at, now, "en")).toBe(text));

  test.each([
    [ago(0), "now"],
    [ago(0, 0, 5), "5 minutes ago"],
    [ago(1), "yesterday"],
    [ago(3), "3 days ago"],
  ])("%i was %j", (at, text) => expect(longAgo(at, now, "en")).toBe(text));
});

test("ids are random UUIDs, also where crypto.randomUUID is missing", () => {
  const ids = new Set(Array.from({ length: 1000 }, uuid));
  expect(ids.size).toBe(1000);
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
