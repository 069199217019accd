import { expect, test } from "vitest";
import { isComposing } from "./composing";

test.each([
  ["Enter while a word is composed", { isComposing: true, keyCode: 13 }, true],
  ["the same, as Chrome tells of it", { isComposing: true, keyCode: 229 }, true],
  ["Enter that has ended it, in Safari", { isComposing: false, keyCode: 229 }, true],
  ["Enter", { isComposing: false, keyCode: 13 }, false],
  ["Escape", { isComposing: false, keyCode: 27 }, false],
])("%s", (_, event, expected) => expect(isComposing(event)).toBe(expected));
