import { inLanguage } from "../../ui/language";

const en = {
  name: "Name",
  email: "E-mail",
  phone: "Phone",
  noEmail: "Not known",
  number: "Customer no.",
  edit: "Change name, e-mail or phone",
  form: "Name, e-mail and phone",
  save: "Save",
  cancel: "Cancel",
  noName: "A customer has a name.",
  failed: "That did not reach the server. Nothing was changed; try again.",
  sources: {
    signed: "Said by the website, signed",
    unsigned: "Said by the website, unsigned",
    agent: "Written by an agent",
    customer: "Given by the customer",
  },
  loading: "Loading what is known of the customer",
  notLoaded: "What is known of the customer could not be loaded.",
  again: "Try again",

  attributes: "From the website",
  signed: "Signed by the website's server",
  yes: "Yes",
  no: "No",

  device: "Device",
  localTime: "Local time",
  usedDevice: "Device",
  browser: "Browser",
  language: "Language",
  kinds: { computer: "Computer", phone: "Phone", tablet: "Tablet" },

  others: "Other conversations",
  otherFrom: (when: string) => `Conversation of ${when}`,
  statuses: { open: "Open", snoozed: "Snoozed", closed: "Closed" },
};

export const words = inLanguage({ en });
