import type { NoticeOf } from "@fireside/shared/log/lane";
import type { EventName, Happenings, Sender } from "@fireside/shared/protocol";
import { expect, test } from "vitest";
import { describe } from "../talk/events/event-line";
import { talkSlots } from "./slots";

const inWords = <Name extends EventName>(notice: NoticeOf<Name>, ownId: number): string =>
  describe(notice, ownId, talkSlots.eventLines);

const ADA = { id: 1, role: "agent", name: "Ada" } as const;
const notice = <Name extends EventName>(
  event: Name,
  data: Happenings[Name],
  sender: Sender = ADA,
): NoticeOf<Name> => ({
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

test("an assignment names who it concerns", () => {
  expect(inWords(notice("assigned", { user_id: 1, name: "Ada" }), 1)).toBe("You took this conversation");
  expect(inWords(notice("assigned", { user_id: 1, name: "Ada" }), 2)).toBe("Ada took this conversation");
  expect(inWords(notice("assigned", { user_id: 2, name: "Grace" }), 2)).toBe("Ada assigned this to you");
  expect(inWords(notice("assigned", { user_id: 2, name: "Grace" }), 1)).toBe("You assigned this to Grace");
  expect(inWords(notice("assigned", { user_id: null, name: null }), 2)).toBe("Ada unassigned this");
});

test("an event of a later version still gets a line", () => {
  expect(inWords(notice("merged" as EventName, {} as never), 1)).toBe("The conversation changed");
});
