import { inLanguage } from "../../ui/language";

const en = {
  writeReply: "Write a reply",
  writeNote: "Write a private note",
  reply: "Reply",
  note: "Note",
  mode: "Write a",
  replyLabel: (name: string) => `Reply to ${name}`,
  replyPlaceholder: "Write a reply…",
  noteLabel: "Private note, for your team only",
  notePlaceholder: "Write a note. Only your team sees it…",
  preview: "As it will look",
  send: "Send",
  addNote: "Add note",
  hint: "Enter sends, Shift + Enter starts a new line",
  offline: "You are offline. What you send is kept here and goes out when the connection is back.",
  tooLong: (over: number) =>
    `${over.toLocaleString("en")} characters too long. Shorten it or send it in parts.`,
  left: (count: number) => `${count.toLocaleString("en")} left`,
  full: "Too many messages are waiting. Wait until some are sent.",
};

export const words = inLanguage({ en });
