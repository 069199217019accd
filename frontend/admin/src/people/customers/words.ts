import { inLanguage } from "../../ui/language";

const en = {
  email: "E-mail",
  noEmail: "Not known",
  number: "Customer no.",
};

export const words = inLanguage({ en });
