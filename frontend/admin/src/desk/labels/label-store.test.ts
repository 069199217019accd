import type { Label, LabelsUpdated } from "@fireside/shared/protocol";
import { expect, test, vi } from "vitest";
import { LabelStore } from "./label-store";

const label = (id: number, name: string): Label => ({ id, name, colour: "grey" });
const told = (version: number, labels: Label[], merged: Record<string, number> = {}): LabelsUpdated => ({
  type: "labels_updated",
  version,
  labels,
  merged,
});
const [billing, refunds, urgent] = [label(1, "Billing"), label(2, "Refunds"), label(3, "VIP")];

test("labels are shown by name, each once, and those that are gone not at all", () => {
  const store = new LabelStore();
  store.hear(told(1, [billing, refunds, urgent]));
  expect(store.of([3, 1, 9])).toEqual([billing, urgent]);
  store.hear(told(2, [billing, urgent], { 2: 1 }));
  expect(store.of([2, 1, 3])).toEqual([billing, urgent]);
  expect(store.of(undefined)).toEqual([]);
});

test("what is older than what is known changes nothing, unless the log was replaced", () => {
  const store = new LabelStore();
  const listener = vi.fn();
  store.subscribe(listener);
  store.hear(told(5, [billing]));
  store.hear(told(4, [refunds]));
  expect(store.all()).toEqual([billing]);
  store.clear();
  store.hear(told(2, [refunds]));
  expect(store.all()).toEqual([refunds]);
  expect(listener).toHaveBeenCalledTimes(2);
});
