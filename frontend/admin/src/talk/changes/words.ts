import { inLanguage } from "../../ui/language";

const en = {
  actions: (name: string, time: string) => `Actions for the message of ${name}, ${time}`,
  react: "React",
  reply: "Reply",
  copy: "Copy text",
  unread: "Mark as unread from here",
  edit: "Edit",
  remove: "Delete…",
  history: "Former texts",
  label: "Edit the message",
  save: "Save",
  cancel: "Cancel",
  hint: "Enter saves, Esc leaves it as it was",
  failed: "This could not be stored. Try again.",
  reactionFailed: "The reaction could not be stored.",
  tooMany: "This message has twenty kinds of reactions. Take one of those.",
  historyTitle: "What it read before",
  historyLoading: "Loading…",
  historyFailed: "The former texts could not be loaded.",
  historyEmpty: "There is no former text.",
  close: "Close",
  removeTitle: "Delete this message?",
  removeHint: "It goes for everybody, with all that it read before. This cannot be undone.",
  removeNow: "Delete",
};

export const words = inLanguage({ en });
