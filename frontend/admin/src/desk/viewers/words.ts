import { inLanguage } from "../../ui/language";

const en = {
  viewing: (name: string) => `${name} is viewing this`,
  replying: (name: string) => `${name} is replying`,
  noting: (name: string) => `${name} is writing a note`,
};

export const words = inLanguage({ en });
