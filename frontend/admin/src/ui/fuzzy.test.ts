import { expect, test } from "vitest";
import { best, fits, fold } from "./fuzzy";

const TITLES = [
  "Close or reopen",
  "Assign to me",
  "Write a reply",
  "Write a private note",
  "Go to the inbox",
  "Go to the settings",
  "Zürich, Frau Müller",
];

test.each([
  ["close", "Close or reopen"],
  ["cor", "Close or reopen"],
  ["reop", "Close or reopen"],
  ["me", "Assign to me"],
  ["wpn", "Write a private note"],
  ["note", "Write a private note"],
  ["gts", "Go to the settings"],
  ["set", "Go to the settings"],
  ["zurich", "Zürich, Frau Müller"],
  ["muller", "Zürich, Frau Müller"],
  ["ASSIGN", "Assign to me"],
])("%s finds %s first", (query, title) => {
  expect(best(TITLES, 1, (one) => fits(fold(query), fold(one)))).toEqual([title]);
});

test("letters that are not there in their order find nothing", () => {
  expect(fits("xyz", fold("Close or reopen"))).toBeUndefined();
  expect(fits("esolc", fold("Close or reopen"))).toBeUndefined();
});

test("the start of a text beats the start of a word, and that the middle of one", () => {
  const texts = ["unread", "mark read", "read on"];
  expect(best(texts, 3, (text) => fits("read", text))).toEqual(["read on", "mark read", "unread"]);
});

test("an empty query leaves all as they are", () => {
  expect(best(["b", "a"], 5, (text) => fits("", text))).toEqual(["b", "a"]);
});
