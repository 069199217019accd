import { inLanguage } from "../../ui/language";

const en = {
  list: "Canned replies",
  unfilled: (placeholder: string) => `${placeholder} is not known here. Write it yourself, or take it out.`,
  none: (typed: string) => `No canned reply is called “${typed}”.`,
  noneYet: "There are no canned replies yet.",
  make: "Make one",

  title: "Canned replies",
  hint: "Texts that you write again and again. Type / while you write to put one in.",
  create: "New reply",
  search: "Search canned replies",
  empty: "No canned replies yet",
  emptyHint: "Save what you answer often: a greeting, how to send something back, when you are open.",
  nothing: (typed: string) => `Nothing has “${typed}” in it.`,
  failed: "The canned replies could not be loaded",
  failedHint: "They come as soon as the connection is back.",
  loading: "Loading canned replies…",
  retry: "Try again",
  shared: "Shared",
  own: "Only you",
  by: (name: string) => `by ${name}`,
  uses: (count: number) => (count === 1 ? "used once" : `used ${count} times`),
  edit: (title: string) => `Edit ${title}`,
  remove: (title: string) => `Delete ${title}`,
  removed: (title: string) => `Deleted the canned reply “${title}”`,

  newReply: "New canned reply",
  editReply: "Edit canned reply",
  name: "Title",
  text: "Text",
  shortcut: "Shortcut",
  shortcutHint: "Typed behind the slash. May be left out.",
  share: "For the whole team",
  shareHint: "Others can use it; you and admins can change it.",
  placeholders: "Put in what is known of the customer or of you:",
  fallback: "What stands behind | is used where nothing is known.",
  save: "Save",
  cancel: "Cancel",
  unreachable: "It was not saved: the server could not be reached. Try again.",
};

export const words = inLanguage({ en });
