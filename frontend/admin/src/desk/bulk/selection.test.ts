import { expect, test } from "vitest";
import { Selection } from "./selection";

const rows = ["a", "b", "c", "d", "e"].map((id) => ({ id }));
const ids = (selection: Selection): string => [...selection.get().ids].sort().join("");

test("one is taken in and out again", () => {
  const selection = new Selection();
  selection.toggle("open", "a");
  selection.toggle("open", "c");
  expect(ids(selection)).toBe("ac");
  selection.toggle("open", "a");
  expect(ids(selection)).toBe("c");
});

test.each([
  ["b", "d", "bcd"],
  ["d", "b", "bcd"],
  ["x", "b", "b"],
])("a range goes from %s to %s, whichever comes first", (from, to, found) => {
  const selection = new Selection();
  if (from !== "x") selection.toggle("open", from);
  selection.extend("open", to, rows);
  expect(ids(selection)).toBe(found);
});

test("what is selected in one list is not in another", () => {
  const selection = new Selection();
  selection.take("open", rows, true);
  expect(selection.get().isAll).toBe(true);
  selection.toggle("closed", "z");
  expect(ids(selection)).toBe("z");
  expect(selection.get().isAll).toBe(false);
});

test("when the last is taken out nothing is left of it", () => {
  const selection = new Selection();
  selection.take("open", rows.slice(0, 1), true);
  selection.toggle("open", "a");
  expect(selection.get().list).toBe("");
});
