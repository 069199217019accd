import { inLanguage } from "../../ui/language";

const en = {
  title: "Your team",
};

export const words = inLanguage({ en });
