import { expect, test } from "vitest";
import { EMOJI, found } from "./emoji";
import { QUICK } from "./quick";

test("every emoji that is offered is one of Unicode, in the form in which it is told, and once", () => {
  const isEmoji = new RegExp("^\\p{RGI_Emoji}$", "v");
  for (const [emoji] of EMOJI) expect([emoji, isEmoji.test(emoji)]).toEqual([emoji, true]);
  expect(new Set(EMOJI.map(([emoji]) => emoji)).size).toBe(EMOJI.length);
  const offered = EMOJI.map(([emoji]) => emoji);
  for (const emoji of QUICK) expect(offered).toContain(emoji);
});

test("an emoji is found by each of its words, and by itself", () => {
  expect(found("red heart").map(([emoji]) => emoji)).toEqual(["❤️"]);
  expect(found("TADA")[0]?.[0]).toBe("🎉");
  expect(found("🚀")).toHaveLength(1);
  expect(found("  ")).toHaveLength(EMOJI.length);
  expect(found("nothing of it")).toEqual([]);
});
