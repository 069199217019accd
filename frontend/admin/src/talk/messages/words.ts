import { plural } from "../../ui/english";
import { inLanguage } from "../../ui/language";

const en = {
  log: "Messages",
  loading: "Loading messages…",
  loadingOlder: "Loading older messages…",
  beginning: "The conversation begins here",
  failed: "This conversation could not be loaded",
  failedHint: "Nothing is lost. Check your connection and try again.",
  olderFailed: "Older messages could not be loaded.",
  retry: "Try again",
  empty: "No messages yet",
  emptyHint: "Say hello, or wait for the customer to write.",
  newLine: "New",
  newMessages: (count: number) => plural(count, "new message", "new messages"),
  toEnd: "Jump to the newest message",
  readBy: (names: readonly string[]) => `Read by ${new Intl.ListFormat("en").format(names)}`,

  message: {
    you: "You",
    bot: "Bot",
    note: "Private note",
    noteHint: "Only your team sees this",
    sending: "Sending…",
    waiting: "Waiting for the connection",
    sent: "Sent",
    delivered: "Delivered",
    seen: "Seen",
    failed: "Not sent.",
    tryAgain: "Try again",
    delete: "Delete",
    edited: "edited",
    writing: "writing…",
    announce: (name: string, text: string) => `${name}: ${text}`,
  },
};

export const words = inLanguage({ en });
