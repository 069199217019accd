import { inLanguage } from "../ui/language";

const en = {
  restoring: "Opening Fireside…",
  unreachable: "Fireside can't be reached",
  unreachableHint:
    "Your messages and drafts are kept. Check your connection, or wait: we try again by ourselves.",
  retry: "Try again now",
};

export const words = inLanguage({ en });
