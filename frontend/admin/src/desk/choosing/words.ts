import { inLanguage } from "../../ui/language";

const en = {
  snooze: "Snooze",
  priority: "Priority",
  labels: "Labels",
};

export const words = inLanguage({ en });
