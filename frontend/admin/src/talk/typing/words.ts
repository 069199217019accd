import { inLanguage } from "../../ui/language";

const en = {
  typing: (name: string) => `${name} is typing…`,
  severalTyping: (names: string) => `${names} are typing…`,
};

export const words = inLanguage({ en });
