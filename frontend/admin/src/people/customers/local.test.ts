import { expect, test } from "vitest";
import { localTime, nameOfLanguage } from "./local";

const NOON = Date.UTC(2026, 2, 2, 12);

test("the time is that of the zone, which is named", () => {
  expect(localTime(NOON, "Asia/Tokyo", "en")).toBe("Mon, 09:00 PM GMT+9");
  expect(localTime(NOON, "America/New_York", "de")).toMatch(/^Mo, 07:00/);
});

test("a zone that the browser does not know has no time", () => {
  expect(localTime(NOON, "Mars/Olympus", "en")).toBeUndefined();
});

test("a language has a name, or its tag", () => {
  expect(nameOfLanguage("de-CH", "en")).toBe("Swiss High German");
  expect(nameOfLanguage("no such tag", "en")).toBe("no such tag");
});
