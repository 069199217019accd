import { expect, test } from "vitest";
import { conversation } from "../../../tests/support";
import { preview, speaker } from "./row";

const ADA = { id: 1, role: "agent", name: "Ada" } as const;

test("the preview is one line, and says who wrote unless it was the customer", () => {
  const theirs = conversation("a", 1);
  const ours = {
    seq: 2,
    sender: ADA,
    content: { type: "text", text: "Two\n\nlines" },
    created_at: "",
  } as const;
  expect(speaker(theirs, 1) + preview(theirs)).toBe("Hello");
  const answered = conversation("a", 1, { last_message: ours });
  expect(speaker(answered, 1) + preview(answered)).toBe("You: Two lines");
  expect(speaker(answered, 2)).toBe("Ada: ");
});
