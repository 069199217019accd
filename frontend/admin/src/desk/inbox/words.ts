import { plural } from "../../ui/english";
import { inLanguage } from "../../ui/language";

const en = {
  next: "Next conversation",
  previous: "Previous conversation",
  label: (view: string) => `${view}: conversations`,
  unread: (count: number) => `${count} unread`,
  waiting: (count: number) => `${count} new`,
  showWaiting: (count: number) => `${plural(count, "conversation has", "conversations have")} news. Show`,
  typing: "typing…",
  awaits: "Waits for an answer",
  you: "You: ",
  by: (name: string) => `${name}: `,
  noMessage: "No messages yet",
  loading: "Loading conversations…",
  loadingMore: "Loading more…",
  emptyOpen: "No open conversations",
  emptyOpenHint: "A new one appears here the moment a customer writes.",
  tryDemo: "Try it on the demo page",
  emptyClosed: "Nothing closed yet",
  emptyClosedHint: "Close a conversation when it is done, and you find it here again.",
  emptyMine: "Nothing is assigned to you",
  emptyMineHint: "What you take, or a colleague gives you, is found here until it is closed.",
  emptyView: "Nothing in this view",
  emptyViewHint: "A conversation appears here the moment it belongs here.",
  failed: "The conversations could not be loaded",
  failedHint: "Nothing is lost. Check your connection and try again.",
  retry: "Try again",
};

export const words = inLanguage({ en });
