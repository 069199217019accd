import type { LastMessage } from "@fireside/shared/protocol";
import { beforeEach, expect, test } from "vitest";
import { at, conversation } from "../../../tests/support";
import { Alerts } from "./alerts";

let watched: string | undefined;
let sounds: string[];
let alerts: Alerts;

beforeEach(() => {
  watched = undefined;
  sounds = [];
  alerts = new Alerts({ play: async (occasion) => void sounds.push(occasion) }, () => watched);
});

const message = (seq: number, role: "customer" | "agent" = "customer"): { last_message: LastMessage } => ({
  last_message: {
    seq,
    sender: { id: 9, name: "Maria", role },
    content: { type: "text", text: "Hello" },
    created_at: at(seq),
  },
});
const before = conversation("a", 1, message(1));

test.each([
  ["a customer's message sounds", before, message(2), ["a 2"]],
  ["a customer's first message sounds", undefined, message(1), ["a 1"]],
  ["an answer of the team does not", before, message(2, "agent"), []],
  ["what was known already does not, as when it is read or assigned", before, message(1), []],
])("%s", (_, previous, news, expected) => {
  alerts.arrived([{ conversation: conversation("a", 2, news), previous }]);
  expect(sounds).toEqual(expected);
});

test("the conversation that somebody is looking at makes no sound, and any other does", () => {
  watched = "a";
  alerts.arrived([
    { conversation: conversation("a", 2, message(2)), previous: before },
    { conversation: conversation("b", 2, message(2)), previous: undefined },
  ]);
  expect(sounds).toEqual(["b 2"]);
});
