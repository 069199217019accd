import { inLanguage } from "../../ui/language";

const en = {
  title: (names: readonly string[]) =>
    `${new Intl.ListFormat("en").format(names)} wrote while you were writing`,
  somebody: "A colleague wrote while you were writing",
  note: "Private note",
  next: "Yours was not sent, and stands below. Change it, or press Enter to send it all the same.",
  putAway: "Hide",
};

export const words = inLanguage({ en });
