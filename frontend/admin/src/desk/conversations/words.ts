import { inLanguage } from "../../ui/language";

const en = {
  none: "No conversation chosen",
  noneHint: "Choose one from the list, or press J for the first.",
  noneHintPhone: "Choose one from the list.",
  back: "Back to the list",
  messages: (name: string) => `Conversation with ${name}`,
  ofTeam: (name: string) => `Team ${name}`,
  assignedTo: (name: string) => `With ${name}`,
  loading: "Loading messages…",
  notFound: "There is no such conversation",
  notFoundHint: "It may have been removed, or the link is not complete.",
  toList: "Go to the list",
  actionFailed: "That did not reach the server. Nothing was changed; try again.",

  facts: {
    title: "Conversation",
    status: "Status",
    open: "Open",
    snoozed: "Snoozed",
    closed: "Closed",
    inbox: "Inbox",
    assignee: "Assignee",
    nobody: "Nobody",
    started: "Started",
    lastActivity: "Last activity",
  },
};

export const words = inLanguage({ en });
