import { inLanguage } from "../../ui/language";

const en = {
  react: "React",
  with: (emoji: string) => `React with ${emoji}`,
  reacted: (emoji: string, count: number, names: string) => `${emoji} ${count} by ${names}`,
  you: "You",
  more: "All emoji",
  search: "Search emoji",
  none: "No emoji by that name",
  loading: "Loading emoji…",
  failed: "The reaction could not be stored. Try again.",
  tooMany: "This message has twenty kinds of reactions. Take one of those.",
};

export const words = inLanguage({ en });
