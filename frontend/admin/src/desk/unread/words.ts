import { inLanguage } from "../../ui/language";

const en = {
  unread: "Unread by you",
  count: (count: number) => `${count} unread by you`,
  mark: "Mark as unread",
  marked: "Marked as unread",
  readMeanwhile: "it was read meanwhile",
};

export const words = inLanguage({ en });
