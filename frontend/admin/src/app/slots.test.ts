import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { conversation } from "../../tests/support";
import type { Place } from "../shell/commands";
import { commandOf } from "../shell/shortcuts";
import { commands } from "./slots";

let done: unknown[];

beforeEach(() => {
  done = [];
  vi.stubGlobal("Element", class {});
});
afterEach(() => void vi.unstubAllGlobals());

const place = (rest: Partial<Place> = {}): Place => ({
  conversation: conversation("a", 1),
  agentId: 7,
  change: (change) => done.push(change),
  step: (by) => done.push(by),
  toggleDetails: () => done.push("details"),
  write: (wanted) => done.push(wanted),
  showHelp: () => done.push("help"),
  ...rest,
});

const press = (key: string, rest: object = {}): KeyboardEvent =>
  ({ key, target: null, isComposing: false, keyCode: 0, ...rest }) as unknown as KeyboardEvent;

test("no two commands share a key, a name or a title", () => {
  for (const of of ["id", "key", "title"] as const) {
    expect(new Set(commands.map((command) => command[of])).size, of).toBe(commands.length);
  }
});

test.each([
  ["j", 1],
  ["k", -1],
  ["?", "help"],
  ["r", { lane: "public" }],
  ["n", { lane: "team" }],
  ["a", { assignee_id: 7 }],
  ["e", { status: "closed" }],
  ["i", "details"],
])("%s does what it is for, in capitals too", (key, effect) => {
  for (const pressed of [key, key.toUpperCase()]) commandOf(press(pressed), commands)?.run(place());
  expect(done).toEqual([effect, effect]);
});

test("a closed conversation is reopened by the key that closes an open one", () => {
  const closed = conversation("a", 1, { status: "closed" });
  commandOf(press("e"), commands)?.run(place({ conversation: closed }));
  expect(done).toEqual([{ status: "open" }]);
});

test("without a conversation only what needs none is run", () => {
  const nowhere = place({ conversation: undefined, write: undefined });
  const possible = commands.filter(({ when }) => when?.(nowhere) ?? true);
  expect(possible.map(({ id }) => id)).toEqual(["next", "previous", "help"]);
});

test("only the sheet of keys can be had while single keys are turned off", () => {
  expect(commands.filter(({ always }) => always).map(({ id }) => id)).toEqual(["help"]);
});

test.each([
  ["a modifier", { ctrlKey: true }],
  ["another modifier", { metaKey: true }],
  ["an input method", { isComposing: true }],
  ["somebody else's answer to it", { defaultPrevented: true }],
])("a key with %s is no command", (_, rest) => {
  expect(commandOf(press("a", rest), commands)).toBeUndefined();
});
