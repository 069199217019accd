import type { Notice } from "@fireside/shared/log/lane";
import { expect, test } from "vitest";
import { describe as inWords } from "../talk/events/notice-line";
import { preview, speaker } from "../desk/inbox/row";
import { initials } from "../ui/avatar";
import { conversation } from "../../tests/support";

const ADA = { id: 1, role: "agent", name: "Ada" } as const;
const notice = (event: Notice["event"], data: Notice["data"], sender: Notice["sender"] = ADA): Notice => ({
  kind: "notice",
  lane: "public",
  seq: 1,
  message_id: "m",
  client_msg_id: "c",
  sender,
  at: 0,
  event,
  data,
});

test("initials come from the first and last word, in any script", () => {
  expect(initials("Ada Byron King")).toBe("AK");
  expect(initials("Madonna")).toBe("MA");
  expect(initials("دينا حسن")).toBe("دح");
  expect(initials("😀 Smile")).toBe("😀S");
  expect(initials(" ")).toBe("?");
});

test("numbered visitors are told apart by their numbers", () => {
  expect(initials("Visitor 1004")).toBe("04");
  expect(initials("Visitor 7")).toBe("7");
});

test("an assignment names who it concerns", () => {
  expect(inWords(notice("assigned", { user_id: 1, name: "Ada" }), 1)).toBe("You took this conversation");
  expect(inWords(notice("assigned", { user_id: 1, name: "Ada" }), 2)).toBe("Ada took this conversation");
  expect(inWords(notice("assigned", { user_id: 2, name: "Grace" }), 2)).toBe("Ada assigned this to you");
  expect(inWords(notice("assigned", { user_id: 2, name: "Grace" }), 1)).toBe("You assigned this to Grace");
  expect(inWords(notice("assigned", { user_id: null, name: null }), 2)).toBe("Ada unassigned this");
});

test("an event of a later version still gets a line", () => {
  expect(inWords(notice("merged" as Notice["event"], {}), 1)).toBe("The conversation changed");
});

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
