import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Block, type Inline, isFormatted, markdown } from "./markdown";

/** The cases by which the server is tried too. */
const cases = JSON.parse(
  readFileSync(new URL("../../../../tests/markdown.json", import.meta.url), "utf8"),
) as {
  read: { source: string; plain: string; drawn: string }[];
  hostile: { text: string; times: number }[];
};

const drawn = (blocks: readonly Block[]): string => blocks.map(block).join("|");

function block(of: Block): string {
  switch (of.type) {
    case "paragraph":
      return of.children.map(inline).join("");
    case "code":
      return `<pre>${of.text}</pre>`;
    case "quote":
      return `<quote>${drawn(of.children)}</quote>`;
    case "list": {
      const [name, open] = of.start === undefined ? ["ul", "ul"] : ["ol", `ol ${of.start}`];
      return `<${open}>${of.items.map((item) => `<li>${drawn(item)}</li>`).join("")}</${name}>`;
    }
  }
}

function inline(of: Inline): string {
  if (typeof of === "string") return of;
  if (of.type === "link") return `<a href=${of.href}>${of.text}</a>`;
  if (of.type === "code") return `<code>${of.text}</code>`;
  return `<${of.type}>${of.children.map(inline).join("")}</${of.type}>`;
}

test.each(cases.read)("$source", ({ source, drawn: expected }) => {
  expect(drawn(markdown(source))).toBe(expected);
});

test("only what is more than text is formatted", () => {
  for (const { source, drawn: expected } of cases.read)
    expect(isFormatted(markdown(source))).toBe(/<(strong|em|del|code|a |pre|quote|ul|ol )/.test(expected));
});

test.each(cases.hostile)("$text $times times is read, and nests no deeper than it may", ({ text, times }) => {
  const depth = (tree: unknown): number =>
    typeof tree === "object" && tree !== null ? 1 + Math.max(0, ...Object.values(tree).map(depth)) : 0;
  expect(depth(markdown(text.repeat(times)))).toBeLessThan(30);
});
