import { inLanguage } from "../../ui/language";

const en = {
  answers: (name: string, text: string) => `Reply to ${name}: ${text}`,
  answering: (name: string) => `Replying to ${name}`,
  earlier: "an earlier message",
  show: "Show the message",
  cancel: "Take the reply back",
  you: "you",
};

export const words = inLanguage({ en });
