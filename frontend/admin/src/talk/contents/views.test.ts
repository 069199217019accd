import type { Content } from "@fireside/shared/protocol";
import { expect, test } from "vitest";
import { viewOf } from "./views";
import { words } from "./words";

test.each([
  [{ type: "text", text: "Two\n\nlines" }, "Two lines", "Two\n\nlines"],
  [{ type: "text", text: "x".repeat(1_000) }, "x".repeat(200), "x".repeat(1_000)],
  [{ type: "deleted" }, words.deletedShort, undefined],
  [{ type: "unknown" }, words.unknownShort, words.unknown],
  [{ type: "of a newer server" }, words.unknownShort, words.unknown],
])("%j has a line in the list and a way to be read aloud", (content, preview, spoken) => {
  const view = viewOf(content as Content);
  expect(view.preview(content as Content)).toBe(preview);
  expect(view.spoken(content as Content)).toBe(spoken);
});
