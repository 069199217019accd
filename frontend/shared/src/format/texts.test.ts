import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { isBlank, mended } from "./text";

/** The cases by which the server is tried too. */
const cases = JSON.parse(readFileSync(new URL("../../../../tests/texts.json", import.meta.url), "utf8")) as {
  blank: string[];
  visible: string[];
  emoji: { good: string[]; bad: string[] };
  well_formed: [string, string][];
};

test.each(cases.blank)("%j leaves no ink", (text) => expect(isBlank(text)).toBe(true));

test.each(cases.visible)("%j can be seen", (text) => expect(isBlank(text)).toBe(text === "\0"));

test.each(cases.well_formed)("%j is sent as %j", (raw, expected) => expect(mended(raw)).toBe(expected));

test("NUL is no character to send", () => expect(mended("a\0b")).toBe("a\ufffdb"));

test("the server's emoji are those of Unicode", () => {
  const isEmoji = new RegExp("^\\p{RGI_Emoji}$", "v");
  // Without its selectors an emoji is taken too.
  const qualified = cases.emoji.good.filter((text) => text.includes("\ufe0f") || isEmoji.test(text));
  expect(qualified.length).toBeGreaterThan(15);
  for (const text of qualified) expect(isEmoji.test(text)).toBe(true);
  for (const text of cases.emoji.bad) expect(isEmoji.test(text)).toBe(false);
});
