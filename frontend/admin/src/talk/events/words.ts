import { inLanguage } from "../../ui/language";

const en = {
  agentJoined: (name: string) => `${name} joined`,
  youJoined: "You joined",
  assigned: (by: string, to: string) => `${by} assigned this to ${to}`,
  assignedSelf: (by: string) => `${by} took this conversation`,
  unassigned: (by: string) => `${by} unassigned this`,
  closed: (by: string) => `${by} closed the conversation`,
  reopened: (by: string) => `${by} reopened the conversation`,
  botHandover: "The bot handed over to your team",
  changed: "The conversation changed",
  you: "You",
  youObject: "you",
};

export const words = inLanguage({ en });
