import { expect, test } from "vitest";
import { linked, marked, type Selected } from "./formatting";

/** A text with its selection in brackets. */
function selected(of: string): Selected {
  const start = of.indexOf("⟦");
  const end = of.indexOf("⟧") - 1;
  return { text: of.replace(/[⟦⟧]/g, ""), start, end };
}
const told = ({ text, start, end }: Selected): string =>
  `${text.slice(0, start)}⟦${text.slice(start, end)}⟧${text.slice(end)}`;

test.each([
  ["a ⟦word⟧ here", "**", "a **⟦word⟧** here"],
  ["a **⟦word⟧** here", "**", "a ⟦word⟧ here"],
  ["a ⟦⟧", "**", "a **⟦⟧**"],
  ["a⟦ word ⟧here", "*", "a *⟦word⟧* here"],
  ["**⟦word⟧**", "*", "***⟦word⟧***"],
  ["***⟦word⟧***", "*", "**⟦word⟧**"],
])("%s with %s is %s", (before, mark, after) => {
  expect(told(marked(selected(before), mark))).toBe(after);
});

test.each([
  ["see ⟦this⟧", "see [this](⟦https://⟧)"],
  ["see ⟦https://example.com⟧", "see [⟦⟧](https://example.com)"],
  ["see ⟦⟧", "see [⟦⟧](https://)"],
])("a link of %s is %s", (before, after) => {
  expect(told(linked(selected(before)))).toBe(after);
});
