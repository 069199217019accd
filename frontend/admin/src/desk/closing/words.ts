import { inLanguage } from "../../ui/language";

const en = {
  close: "Close",
  reopen: "Reopen",
  closeOrReopen: "Close or reopen",
  closed: "This conversation is closed.",
  closedHint: "Reopen it to write again. When the customer writes, it opens again or a new one begins.",

  event: {
    closed: (by: string) => `${by} closed the conversation`,
    reopenedByCustomer: "Open again: the customer wrote",
    reopened: (by: string) => `${by} reopened the conversation`,
  },
};

export const words = inLanguage({ en });
