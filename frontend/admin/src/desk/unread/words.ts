import { inLanguage } from "../../ui/language";

const en = {
  unread: "Unread by you",
  count: (count: number) => `${count} unread by you`,
  mark: "Mark as unread",
  marked: (name: string) => `Marked the conversation with ${name} as unread`,
  readMeanwhile: "it was read meanwhile",
};

export const words = inLanguage({ en });
