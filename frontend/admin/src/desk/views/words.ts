import { inLanguage } from "../../ui/language";

const en = {
  views: "Views",
  width: "Width of the views",
  builtIn: {
    mine: "For me",
    unassigned: "Unassigned",
    open: "All open",
    snoozed: "Snoozed",
    closed: "Closed",
  } as Record<string, string>,
  chosen: (view: string) => `View: ${view}`,
  inboxes: "Inboxes",
  shared: "Shared views",
  own: "My views",
  many: "999+",
  count: (count: number) => `${count} conversations`,
  unknown: "A view that is gone",

  sort: "Order",
  sorts: { activity: "Newest activity first", waiting: "Longest waiting first" },
  filter: "Filter",
  filterOn: (count: number) => `Filter, ${count} in use`,
  filters: "Filters",
  findFilter: "Find a filter",
  noFilter: (text: string) => `No filter is called “${text}”`,
  fields: {
    status: "Status",
    assignee: "Assignee",
    team: "Team",
    label: "Label",
    priority: "Priority",
    inbox: "Inbox",
    waiting: "Waiting",
  },
  statuses: { open: "Open", snoozed: "Snoozed", closed: "Closed" },
  me: "Me",
  nobody: "Nobody",
  noTeam: "No team",
  noLabel: "No label",
  waitingOnly: "Waiting for an answer",
  gone: "gone",
  or: (names: readonly string[]) => names.join(" or "),
  chip: (field: string, names: string) => `${field}: ${names}`,
  takeAway: (filter: string) => `Remove the filter ${filter}`,
  without: (filter: string) => `Remove “${filter}”`,
  clear: "Clear filters",
  emptyFiltered: "Nothing matches",
  hides: (filter: string) => `“${filter}” hides everything here`,
  hidesHint: "Without it there are conversations in this view.",
  eachHidesHint: "Without one of these filters there are conversations in this view.",
  allHideHint: "It takes more than one filter less to see something here.",

  save: "Save as a view",
  saveTitle: "Save this list as a view",
  name: "Name",
  share: "Share with the team",
  shareHint: "Everybody finds it among the shared views.",
  doSave: "Save",
  cancel: "Cancel",
  saveFailed: "The view was not saved. Try again.",
  more: (name: string) => `Change the view ${name}`,
  rename: "Rename",
  renameTitle: "Rename this view",
  makeShared: "Share with the team",
  makeOwn: "Keep to myself",
  remove: "Delete",
  changeFailed: "The view was not changed. Try again.",
  goTo: (name: string) => `Go to “${name}”`,
  left: "No longer in this view",
};

export const words = inLanguage({ en });

/** A view's name as it is shown: those that are built in have words of ours. */
export function nameOf(view: { kind: string; name: string }): string {
  return view.kind === "built_in" ? (words.builtIn[view.name] ?? view.name) : view.name;
}
