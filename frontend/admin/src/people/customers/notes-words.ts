import { inLanguage } from "../../ui/language";

const en = {
  title: "Notes about the person",
  hint: "For your team, beside all their conversations. Customers never see them.",
  add: "Add a note",
  text: "Note",
  change: (author: string) => `Change the note of ${author}`,
  remove: (author: string) => `Delete the note of ${author}`,
  sure: "Delete for good?",
  save: "Save note",
  cancel: "Cancel",
  edited: "edited",
  failed: "That did not reach the server. Nothing was changed; try again.",
};

export const words = inLanguage({ en });
