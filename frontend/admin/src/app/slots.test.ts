import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { conversation } from "../../tests/support";
import type { Place } from "../shell/commands";
import { openMenus } from "../desk/assignment/open-menus";
import { UndoStack } from "../desk/undo/stack";
import { KeyReader } from "../shell/key-reader";
import type { Command } from "../ui/command";
import { parseKeys } from "../ui/keys";
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
  select: () => done.push("select"),
  toggleDetails: () => done.push("details"),
  markUnread: () => done.push("unread"),
  choose: (chooser) => done.push(chooser),
  write: (wanted) => done.push(wanted),
  showHelp: () => done.push("help"),
  togglePalette: () => done.push("palette"),
  undo: new UndoStack(() => ({ why: "", again: false })),
  go: (path) => done.push(path),
  ...rest,
});

/** The key presses of "shift+a", of "g i", of "mod+k". */
const presses = (keys: string): KeyboardEvent[] =>
  parseKeys(keys).map(
    ({ key, mod, shift, alt }) =>
      ({
        key: shift ? key.toUpperCase() : key,
        code: "",
        ctrlKey: mod,
        metaKey: false,
        shiftKey: shift,
        altKey: alt,
        target: null,
        isComposing: false,
        keyCode: 0,
      }) as unknown as KeyboardEvent,
  );

function press(keys: string): Command<Place> | undefined {
  const reader = new KeyReader(commands);
  const read = presses(keys).map((event) => reader.read(event, 0));
  const last = read.at(-1);
  return last && "command" in last ? last.command : undefined;
}

test("no two commands share a name, a title or a key", () => {
  for (const of of ["id", "title"] as const) {
    expect(new Set(commands.map((command) => command[of])).size, of).toBe(commands.length);
  }
  const keys = commands.flatMap((command) => command.keys);
  expect(new Set(keys).size).toBe(keys.length);
});

test("no key that means something is also the first of two", () => {
  const all = commands.flatMap((command) => command.keys);
  const first = all.filter((keys) => keys.includes(" ")).map((keys) => keys.split(" ")[0]!);
  expect(all.filter((keys) => first.includes(keys))).toEqual([]);
});

test.each(commands.flatMap((command) => command.keys.map((keys) => [keys, command.id] as const)))(
  "%s calls %s",
  (keys, id) => {
    expect(press(keys)?.id).toBe(id);
  },
);

test.each([
  ["j", 1],
  ["k", -1],
  ["?", "help"],
  ["r", { lane: "public" }],
  ["n", { lane: "team" }],
  ["shift+a", { assignee_id: 7 }],
  ["e", { status: "closed" }],
  ["i", "details"],
  ["u", "unread"],
  ["z", "snooze"],
  ["l", "labels"],
  ["p", "priority"],
  ["g i", "/"],
  ["mod+k", "palette"],
])("%s does what it is for", (keys, effect) => {
  press(keys)?.run(place());
  expect(done).toEqual([effect]);
});

test("the key of the assignees opens their menu, of the conversation on the screen", () => {
  press("a")?.run(place());
  expect(openMenus.get("a")).toBe(true);
  openMenus.set("a", undefined);
});

test("a closed conversation is reopened by the key that closes an open one", () => {
  const closed = conversation("a", 1, { status: "closed" });
  press("e")?.run(place({ conversation: closed }));
  expect(done).toEqual([{ status: "open" }]);
});

test("without a conversation nothing is offered that needs one", () => {
  const nowhere = place({ conversation: undefined, write: undefined });
  const possible = commands.filter(({ when }) => when?.(nowhere) ?? true).map(({ id }) => id);
  expect(possible).toEqual(expect.arrayContaining(["next", "previous", "help", "go-inbox"]));
  for (const id of ["reply", "note", "assign", "closeOrReopen", "details"])
    expect(possible).not.toContain(id);
});

test("keys that work while somebody writes have a modifier, or they would be letters of the text", () => {
  const inText = commands.filter(({ inFields }) => inFields).flatMap((command) => command.keys);
  expect(inText.filter((keys) => !parseKeys(keys).every(({ mod, alt }) => mod || alt))).toEqual([]);
});
