import { inLanguage } from "../../ui/language";

const en = {
  none: "No conversation chosen",
  noneHint: "Choose one from the list, or press J for the first.",
  noneHintPhone: "Choose one from the list.",
  back: "Back to the list",
  messages: (name: string) => `Conversation with ${name}`,
  assignToMe: "Assign to me",
  assignedTo: (name: string) => `With ${name}`,
  takeOver: "Take over",
  unassign: "Unassign",
  close: "Close",
  reopen: "Reopen",
  closed: "This conversation is closed.",
  closedHint: "Reopen it to write again. When the customer writes, a new one begins.",
  loading: "Loading messages…",
  notFound: "There is no such conversation",
  notFoundHint: "It may have been removed, or the link is not complete.",
  toList: "Go to the list",
  actionFailed: "That did not reach the server. Nothing was changed; try again.",

  details: {
    show: "Customer details",
    title: "Customer",
    hide: "Hide customer details",
  },

  facts: {
    title: "Conversation",
    status: "Status",
    open: "Open",
    closed: "Closed",
    inbox: "Inbox",
    assignee: "Assignee",
    nobody: "Nobody",
    started: "Started",
    lastActivity: "Last activity",
  },
};

export const words = inLanguage({ en });
