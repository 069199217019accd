import { inLanguage } from "../../ui/language";

const en = {
  title: "Priority",
  command: "Set the priority",
  label: (name: string) => `Priority: ${name.toLocaleLowerCase()}`,
  names: { urgent: "Urgent", high: "High", normal: "Normal", low: "Low" },
  event: (by: string, name: string) => `${by} set the priority to ${name.toLocaleLowerCase()}`,
};

export const words = inLanguage({ en });
