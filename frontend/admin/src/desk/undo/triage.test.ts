import { expect, test } from "vitest";
import { at, conversation } from "../../../tests/support";
import { foreseen, inverse, saidOf, stillStands } from "./triage";

const ADA = { id: 7, name: "Ada", role: "agent", email: null } as const;
const GRACE = { ...ADA, id: 8, name: "Grace" };
const open = conversation("a", 1);
const hers = conversation("a", 1, { assignee: GRACE });
const closed = conversation("a", 1, { status: "closed" });
const labelled = conversation("a", 1, { labels: [3, 5] });
const snoozed = conversation("a", 1, { status: "snoozed", snoozed_until: at(5) });

test.each([
  [{ status: "closed" } as const, open, { status: "open" }],
  [{ status: "open" } as const, closed, { status: "closed" }],
  [{ assignee_id: 7 }, open, { assignee_id: null }],
  [{ assignee_id: 7 }, hers, { assignee_id: 8 }],
  [{ assignee_id: null }, hers, { assignee_id: 8 }],
  [{ team_id: 3 }, open, { team_id: null }],
  [{ team_id: null }, conversation("a", 1, { team: { id: 3, name: "Sales" } }), { team_id: 3 }],
  [{ assignee_id: 7, status: "closed" } as const, hers, { assignee_id: 8, status: "open" }],
  [{ status: "snoozed", snoozed_until: at(9) } as const, open, { status: "open" }],
  [{ status: "open" } as const, snoozed, { status: "snoozed", snoozed_until: at(5) }],
  [{ status: "closed" } as const, snoozed, { status: "snoozed", snoozed_until: at(5) }],
  [{ priority: "urgent" } as const, open, { priority: "normal" }],
  [{ add_labels: [3, 4] }, labelled, { add_labels: [3], remove_labels: [4] }],
  [{ remove_labels: [3] }, labelled, { add_labels: [3], remove_labels: [] }],
])("%o is taken back by what was before", (change, before, back) => {
  expect(inverse(change, before)).toEqual(back);
});

test("a change stands until somebody changes the same, and only the same", () => {
  const after = conversation("a", 2, { assignee: ADA });
  expect(stillStands({ assignee_id: 7 }, after, { ...after, status: "closed" })).toBe(true);
  expect(stillStands({ assignee_id: 7 }, after, { ...after, assignee: GRACE })).toBe(false);
});

test("it is told what was done", () => {
  expect(saidOf({ status: "closed" }, open)).toBe("Closed the conversation with Maria Silva");
  expect(saidOf({ assignee_id: null }, hers)).toBe("Unassigned the conversation with Maria Silva");
});

test("a change is shown before the server has answered, as far as it is known", () => {
  expect(foreseen({ status: "closed" }, open, ADA).status).toBe("closed");
  expect(foreseen({ assignee_id: 7 }, open, ADA).assignee).toEqual(ADA);
  expect(foreseen({ assignee_id: null }, hers, ADA).assignee).toBeNull();
  // Of a colleague only the number is known.
  expect(foreseen({ assignee_id: 8 }, open, ADA).assignee).toBeNull();
});
