import { inLanguage } from "../../ui/language";

const en = {
  undo: "Undo",
  undoLast: "Undo the last change",
  hide: "Hide",
  region: "Changes",
  undoing: (said: string) => `Undoing: ${said}`,
  undone: (said: string) => `Undone: ${said}`,
  kept: (said: string, why: string) => `Not undone: ${said}. ${why}`,
  changedSince: "It was changed again since.",
  gone: "It is not there any more, or not for you.",
  unreachable: "The server could not be reached. Try again when the connection is back.",

  closed: (name: string) => `Closed the conversation with ${name}`,
  snoozed: (name: string) => `Snoozed the conversation with ${name}`,
  labelled: (name: string) => `Changed the labels of the conversation with ${name}`,
  ranked: (name: string) => `Set the priority of the conversation with ${name}`,
  open: (name: string) => `Reopened the conversation with ${name}`,
  assigned: (name: string) => `Assigned the conversation with ${name}`,
  unassigned: (name: string) => `Unassigned the conversation with ${name}`,
  teamGiven: (name: string) => `Gave the conversation with ${name} to a team`,
  teamTaken: (name: string) => `Took the conversation with ${name} from its team`,
};

export const words = inLanguage({ en });
