import type { Message } from "@fireside/shared/log/lane";
import type { Mark } from "@fireside/shared/protocol";
import { expect, test } from "vitest";
import { readersAt } from "./readers";

const [MARIA, ADA, BEN, EVE] = [9, 1, 2, 3];

function said(seq: number, sender: number, lane: "public" | "team" = "public"): Message {
  const plain = { at: 0, edited: false, reactions: [], content: { type: "text", text: "" } as const };
  const who = { id: sender, role: sender === MARIA ? "customer" : "agent", name: "" } as const;
  return {
    kind: "message",
    lane,
    seq,
    message_id: `m${seq}`,
    client_msg_id: `${lane}${seq}`,
    sender: who,
    ...plain,
  };
}

function marks(...read: [user: number, seq: number, teamSeq?: number][]): Map<number, Mark> {
  const role = (user: number): Mark["role"] => (user === MARIA ? "customer" : "agent");
  return new Map(
    read.map(([user_id, read_seq, team_read_seq = 0]) => [
      user_id,
      { user_id, role: role(user_id), delivered_seq: read_seq, read_seq, team_read_seq },
    ]),
  );
}

const LOG = [said(1, MARIA), said(2, MARIA), said(1, BEN, "team"), said(4, MARIA)];

test.each([
  [
    "each colleague stands at the last message they have read",
    marks([BEN, 1], [EVE, 4]),
    { public1: [BEN], public4: [EVE] },
  ],
  ["two who have read the same stand together", marks([BEN, 4], [EVE, 4]), { public4: [BEN, EVE] }],
  ["an entry that is no message is read with the one before", marks([BEN, 3]), { public2: [BEN] }],
  ["whoever has read a note stands there", marks([EVE, 2, 1]), { team1: [EVE] }],
  ["and once, at the lower of both places", marks([EVE, 4, 1]), { public4: [EVE] }],
  ["the customer and oneself stand nowhere", marks([MARIA, 4], [ADA, 4]), {}],
  ["nor does one whose place is above what is loaded", marks([BEN, 0]), {}],
])("%s", (_, read, expected) => {
  expect(Object.fromEntries(readersAt(LOG, read, ADA))).toEqual(expected);
});

test("whoever spoke last needs no sign that they have read it", () => {
  expect(readersAt([said(1, MARIA), said(2, BEN)], marks([BEN, 2]), ADA).size).toBe(0);
});
