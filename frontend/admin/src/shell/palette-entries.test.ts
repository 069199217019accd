import { expect, test } from "vitest";
import { Entries, type Entry } from "./palette-entries";

const entry = (id: string, title: string, hint?: string): Entry => ({
  id,
  title,
  ...(hint !== undefined && { hint }),
  keys: [],
  run: () => {},
});

const COMMANDS = [
  entry("close", "Close or reopen"),
  entry("assign", "Assign to me"),
  entry("help", "Shortcuts"),
];
const MARIA = entry("c1", "Maria Silva", "Where is my parcel?");
const CLOE = entry("c2", "Cloé Martin", "Thank you");
const titles = (recent: string[], typed: string): string[] =>
  new Entries(COMMANDS, () => [MARIA, CLOE], recent).find(typed).map(({ title }) => title);

test("at first it shows all that can be done, and the latest conversations", () => {
  expect(titles([], "")).toEqual([
    "Close or reopen",
    "Assign to me",
    "Shortcuts",
    "Maria Silva",
    "Cloé Martin",
  ]);
});

test("what was used last stands first, as far as it can be done here", () => {
  expect(titles(["help", "gone", "assign"], "").slice(0, 3)).toEqual([
    "Shortcuts",
    "Assign to me",
    "Close or reopen",
  ]);
});

test("commands and conversations are found by a few letters, and conversations by what was said", () => {
  expect(titles([], "assi")).toEqual(["Assign to me"]);
  expect(titles([], "parcel")).toEqual(["Maria Silva"]);
  expect(titles([], "cloe")[0]).toBe("Cloé Martin");
  expect(titles([], "qqq")).toEqual([]);
});

test("of two that fit alike, the one used last is first", () => {
  expect(titles([], "clo")[0]).toBe("Cloé Martin");
  expect(titles(["close"], "clo")[0]).toBe("Close or reopen");
});

test("conversations are not looked at before somebody types more than nothing", () => {
  let asked = 0;
  const entries = new Entries(COMMANDS, () => (asked++, [MARIA]), []);
  entries.find("m");
  entries.find("ma");
  expect(asked).toBe(1);
});
