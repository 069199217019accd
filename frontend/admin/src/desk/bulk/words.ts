import { plural } from "../../ui/english";
import { inLanguage } from "../../ui/language";

const many = (count: number): string => plural(count, "conversation", "conversations");

const en = {
  select: "Select the conversation",
  row: (name: string) => `Select ${name}`,
  bar: "Selected conversations",
  selected: (count: number) => `${count} selected`,
  allSelected: (count: string) => (count ? `All ${count} that match` : "All that match"),
  page: "Select all that are loaded",
  all: (count: string) =>
    count ? `Select all ${count} that match this view` : "Select all that match this view",
  clear: "Clear the selection",
  close: "Close",
  reopen: "Reopen",
  snooze: "Snooze",
  assign: "Assign",
  label: "Label",
  addLabel: "Add a label",
  removeLabel: "Take a label away",
  priority: "Priority",
  people: "People",
  teams: "Teams",
  me: "Me",
  nobody: "Nobody",
  noTeam: "No team",
  failed: "Nothing was changed. Try again.",
  tooMany: (most: number) => `Select at most ${most}, or all that match.`,
  working: (done: number, total: number) => `Changing ${done} of ${many(total)}`,
  undoing: (done: number, total: number) => `Taking back ${done} of ${many(total)}`,
  cancel: "Cancel",
  closed: (count: number) => `Closed ${many(count)}`,
  reopened: (count: number) => `Reopened ${many(count)}`,
  snoozed: (count: number) => `Snoozed ${many(count)}`,
  assigned: (count: number) => `Assigned ${many(count)}`,
  labelled: (count: number) => `Changed the labels of ${many(count)}`,
  ranked: (count: number) => `Set the priority of ${many(count)}`,
  kept: (count: number, names: readonly string[]) =>
    `${names.join(", ")}${count > names.length ? ` and ${count - names.length} more` : ""} ` +
    `${count === 1 ? "was" : "were"} changed again since and stay${count === 1 ? "s" : ""}; the rest is as before.`,
};

export const words = inLanguage({ en });
