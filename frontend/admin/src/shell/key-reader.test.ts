import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { KeyReader, SEQUENCE_MS } from "./key-reader";

class FakeElement {
  constructor(readonly busy: boolean) {}
  closest(): object | null {
    return this.busy ? {} : null;
  }
}
beforeEach(() => void vi.stubGlobal("Element", FakeElement));
afterEach(() => void vi.unstubAllGlobals());

const COMMANDS = [
  { id: "assign", keys: ["a"] },
  { id: "assign-me", keys: ["shift+a"] },
  { id: "inbox", keys: ["g i"] },
  { id: "details", keys: ["i", "d"] },
  { id: "help", keys: ["?"], always: true as const },
  { id: "back", keys: ["["] },
  { id: "palette", keys: ["mod+k"], always: true as const, inFields: true as const },
];

const press = (key: string, rest: object = {}): KeyboardEvent =>
  ({
    key,
    code: "",
    ctrlKey: false,
    metaKey: false,
    shiftKey: false,
    altKey: false,
    target: new FakeElement(false),
    isComposing: false,
    keyCode: 0,
    ...rest,
  }) as unknown as KeyboardEvent;

const CTRL = { ctrlKey: true };
const SHIFT = { shiftKey: true };
const FIELD = { target: new FakeElement(true) };

function read(...events: [KeyboardEvent, number?][]): string | undefined {
  const reader = new KeyReader(COMMANDS);
  const last = events.map(([event, at = 0]) => reader.read(event, at)).at(-1);
  return last && ("command" in last ? last.command.id : "pending");
}

test.each<[string, KeyboardEvent, string | undefined]>([
  ["a letter", press("a"), "assign"],
  ["a letter with caps lock", press("A"), "assign"],
  ["a letter with Shift", press("A", SHIFT), "assign-me"],
  ["a letter with Shift under caps lock", press("a", SHIFT), "assign-me"],
  ["a mark, whatever is held to write it", press("?", SHIFT), "help"],
  ["a second key of the same command", press("d"), "details"],
  ["a key of a Greek keyboard", press("α", { code: "KeyA" }), "assign"],
  [
    "a bracket of a German keyboard",
    press("[", { ...CTRL, altKey: true, getModifierState: () => true }),
    "back",
  ],
  ["a modifier", press("k", CTRL), "palette"],
  ["a modifier that the command does not have", press("a", CTRL), undefined],
  ["the modifier of another system", press("k", { metaKey: true }), undefined],
  ["Shift alone", press("Shift", SHIFT), undefined],
  ["an input method", press("a", { isComposing: true }), undefined],
  ["somebody else's answer to it", press("a", { defaultPrevented: true }), undefined],
  ["a letter in a text", press("a", FIELD), undefined],
  ["a modifier in a text", press("k", { ...CTRL, ...FIELD }), "palette"],
  ["the first of two keys", press("g"), "pending"],
])("%s", (_, event, id) => {
  expect(read([event])).toBe(id);
});

test("two keys one after the other are one command", () => {
  expect(read([press("g")], [press("i")])).toBe("inbox");
});

test("the second of two keys that comes too late stands for itself", () => {
  expect(read([press("g")], [press("i"), SEQUENCE_MS + 1])).toBe("details");
});

test("a key between two ends them, and is itself", () => {
  expect(read([press("g")], [press("a")])).toBe("assign");
  expect(read([press("g")], [press("a")], [press("i")])).toBe("details");
});

test("a second beginning begins anew", () => {
  expect(read([press("g")], [press("g")], [press("i")])).toBe("inbox");
});

test("while single keys are turned off, only what always works does", () => {
  const reader = new KeyReader(COMMANDS);
  expect(reader.read(press("a"), 0, false)).toBeUndefined();
  expect(reader.read(press("g"), 0, false)).toBeUndefined();
  expect(reader.read(press("?"), 0, false)).toMatchObject({ command: { id: "help" } });
  expect(reader.read(press("k", CTRL), 0, false)).toMatchObject({ command: { id: "palette" } });
});
