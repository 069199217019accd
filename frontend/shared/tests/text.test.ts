import { describe, expect, test } from "vitest";
import { dayHeading, longAgo, shortAgo } from "../src/format";
import { uuid } from "../src/ids";
import { linkPieces } from "../src/links";

describe("links", () => {
  const links = (text: string): (string | undefined)[] =>
    linkPieces(text)
      .map(({ href }) => href)
      .filter(Boolean);

  test.each([
    ["see https://example.org/a?b=c#d.", ["https://example.org/a?b=c#d"]],
    ["(https://example.org/a_(b))", ["https://example.org/a_(b)"]],
    ["mailto:ada@example.org", ["mailto:ada@example.org"]],
    ["javascript:alert(1) data:text/html,x file:///etc/passwd vbscript:x", []],
    ["java\nscript:alert(1)", []],
    ['<a href="javascript:alert(1)">https://example.org</a>', ["https://example.org"]],
    ["no links here: 3.14 and a@b", []],
  ])("in %j", (text, expected) => expect(links(text)).toEqual(expected));

  test("the pieces are the text", () => {
    const text = "a https://x.org/?q=(1), b@c.org! 🔥 http://";
    expect(
      linkPieces(text)
        .map((piece) => piece.text)
        .join(""),
    ).toBe(text);
  });

  test.each(["a.", "a@", ")", "http://", "a@a.", "mailto:"])("a long row of %j ends soon", (piece) => {
    const text = piece.repeat(16_000 / piece.length);
    expect(
      linkPieces(text)
        .map(({ text: part }) => part)
        .join(""),
    ).toBe(text);
  });
});

describe("times as people say them", () => {
  const now = new Date(2026, 2, 18, 15, 0).getTime();
  const ago = (days: number, hours = 0, minutes = 0): number =>
    new Date(2026, 2, 18 - days, 15 - hours, -minutes).getTime();

  test.each([
    [ago(0, 0, 0), "now"],
    [ago(0, 0, 5), "5 min"],
    [ago(0, 3), "3 hr"],
    [ago(1), "Tue"],
    [ago(40), "Feb 6"],
    [ago(400), "02/2025"],
  ])("%i is short %j", (at, text) => expect(shortAgo(at, now, "en")).toBe(text));

  test.each([
    [ago(0), "Today"],
    [ago(1, 14), "Yesterday"],
    [ago(3), "Sunday"],
    [ago(40), "February 6"],
    [ago(400), "February 11, 2025"],
  ])("%i heads its day as %j", (at, text) => expect(dayHeading(at, now, "en")).toBe(text));

  test.each([
    [ago(0), "now"],
    [ago(0, 0, 5), "5 minutes ago"],
    [ago(1), "yesterday"],
    [ago(3), "3 days ago"],
  ])("%i was %j", (at, text) => expect(longAgo(at, now, "en")).toBe(text));
});

test("ids are random UUIDs, also where crypto.randomUUID is missing", () => {
  const ids = new Set(Array.from({ length: 1000 }, uuid));
  expect(ids.size).toBe(1000);
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
