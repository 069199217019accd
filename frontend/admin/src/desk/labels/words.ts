import { inLanguage } from "../../ui/language";

const en = {
  title: "Labels",
  command: "Label",
  label: "Label",
  search: "Find or create a label",
  none: "No labels yet. Type a name to create the first.",
  nothing: (query: string) => `There is no label like “${query}”.`,
  create: (name: string) => `Create “${name}”`,
  most: "A conversation has at most 20 labels.",
  failed: "That did not reach the server. Nothing was changed; try again.",
  edit: "Change labels",
  onConversation: (names: string) => `Labels: ${names}`,
  noneHere: "No labels",

  event: {
    added: (by: string, names: string, count: number) =>
      `${by} added the label${count > 1 ? "s" : ""} ${names}`,
    removed: (by: string, names: string, count: number) =>
      `${by} removed the label${count > 1 ? "s" : ""} ${names}`,
    both: (by: string, added: string, removed: string) => `${by} replaced ${removed} by ${added}`,
  },

  page: {
    hint: "Words that your team sorts conversations by. Customers never see them.",
    create: "New label",
    empty: "No labels yet",
    emptyHint: "A label such as “Billing” makes a view of all conversations about it one click away.",
    rename: (name: string) => `Change ${name}`,
    merge: (name: string) => `Merge ${name} into another label`,
    delete: (name: string) => `Delete ${name}`,
    name: "Name",
    colour: "Colour",
    save: "Save",
    cancel: "Cancel",
    createTitle: "New label",
    renameTitle: "Change label",
    mergeTitle: (name: string) => `Merge “${name}”`,
    mergeHint: (name: string) =>
      `Every conversation with “${name}” gets the other label instead. What the conversations say of it stays. This cannot be undone.`,
    into: "Into",
    mergeAction: "Merge",
    deleteTitle: (name: string) => `Delete “${name}”?`,
    deleteHint: "It is taken from all conversations. What they say of it stays. This cannot be undone.",
    deleteAction: "Delete",
    admins: "Admins merge and delete labels, for that changes many conversations at once.",
  },

  colours: {
    grey: "Grey",
    red: "Red",
    orange: "Orange",
    yellow: "Yellow",
    green: "Green",
    teal: "Teal",
    blue: "Blue",
    purple: "Purple",
  },
};

export const words = inLanguage({ en });
