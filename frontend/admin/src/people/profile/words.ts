import { inLanguage } from "../../ui/language";

const en = {
  title: "Profile",
  hint: "How colleagues and customers see you, and how you sign in.",
  name: "Name",
  nameTitle: "Your name",
  nameHint: "It stands above what you write, in earlier conversations too.",
  passwordTitle: "Your password",
  passwordHint: "A new one signs you out everywhere else.",
  present: "Present password",
  next: "New password",
  nextHint: "At least eight characters.",
  save: "Save",
  change: "Change password",
  saved: "Saved.",
  changed: "Your password is changed. You are signed out everywhere else.",
  unreachable: "It was not saved: the server could not be reached. Try again.",
};

export const words = inLanguage({ en });
