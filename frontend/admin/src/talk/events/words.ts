import { inLanguage } from "../../ui/language";

const en = {
  joined: (by: string) => `${by} joined`,
  botHandover: "The bot handed over to your team",
  customer: {
    fields: { name: "name", email: "e-mail", phone: "phone" },
    changed: (by: string, field: string, before: string | null, after: string | null) =>
      after === null
        ? `${by} removed the customer's ${field} (${before ?? ""})`
        : before === null
          ? `${by} set the customer's ${field} to ${after}`
          : `${by} changed the customer's ${field} from ${before} to ${after}`,
    erased: (by: string) => `${by} changed what is known of the customer`,
  },
  changed: "The conversation changed",
  you: "You",
};

export const words = inLanguage({ en });
