import { inLanguage } from "../../ui/language";

const en = {
  joined: (by: string) => `${by} joined`,
  botHandover: "The bot handed over to your team",
  changed: "The conversation changed",
  you: "You",
};

export const words = inLanguage({ en });
