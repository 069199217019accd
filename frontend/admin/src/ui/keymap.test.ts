import { expect, test } from "vitest";
import { holderOf, isKeptByBrowsers, remap, withKeys } from "./keymap";

const COMMANDS = [
  { id: "close", title: "Close", keys: ["e"] },
  { id: "inbox", title: "Inbox", keys: ["g i"] },
  { id: "open", title: "Open", keys: ["enter", "o"] },
];

const keysOf = (keymap: Record<string, readonly string[]>): Record<string, readonly string[]> =>
  Object.fromEntries(remap(COMMANDS, keymap).map(({ id, keys }) => [id, keys]));

test("a command has its own keys until others are chosen, or none", () => {
  expect(keysOf({ close: ["x"], inbox: [] })).toEqual({ close: ["x"], inbox: [], open: ["enter", "o"] });
});

test("what is no list of keys changes nothing", () => {
  expect(keysOf({ close: "x" as never })).toMatchObject({ close: ["e"] });
});

test.each([
  ["e", "close", undefined],
  ["e", "inbox", "close"],
  ["g", "close", "inbox"],
  ["g i", "close", "inbox"],
  ["g e", "close", undefined],
  ["e x", "inbox", "close"],
  ["o", "close", "open"],
])("%s for %s is held by %s", (keys, id, holder) => {
  expect(holderOf(keys, COMMANDS, id)?.id).toBe(holder);
});

test("keys are taken from whoever has them, and only those", () => {
  const keymap = withKeys({}, "close", "o", COMMANDS);
  expect(keysOf(keymap)).toEqual({ close: ["o"], inbox: ["g i"], open: ["enter"] });
});

test("what a browser keeps for itself is known", () => {
  expect(isKeptByBrowsers("mod+w")).toBe(true);
  expect(isKeptByBrowsers("mod+k")).toBe(false);
});
