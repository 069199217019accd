import { inLanguage } from "../../ui/language";

const en = {
  title: "Snooze until",
  snooze: "Snooze",
  change: "Change when it comes back",
  changeShort: "Change",
  command: "Snooze",
  wake: "Wake",
  wakeCommand: "Wake from snooze",
  choices: {
    later: "Later today",
    tomorrow: "Tomorrow",
    monday: "Monday",
    week: "In a week",
    customer: "Until the customer writes",
  },
  customerHint: "However long that takes",
  own: "Another time",
  ownAction: "Snooze",
  past: "Choose a time that is still to come.",
  tooFar: "Choose a time within the next 1000 days.",
  untilCustomer: "Snoozed until the customer writes",
  until: (time: string) => `Snoozed until ${time}`,
  wakes: "It comes back earlier when the customer writes. To the customer it stays open.",

  event: {
    until: (by: string, time: string) => `${by} snoozed this until ${time}`,
    untilCustomer: (by: string) => `${by} snoozed this until the customer writes`,
    byAgent: (by: string) => `${by} woke this from snooze`,
    customer: "Back from snooze: the customer wrote",
    time: "Back from snooze: its time has come",
  },
};

export const words = inLanguage({ en });
