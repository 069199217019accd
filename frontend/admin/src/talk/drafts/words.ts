import { inLanguage } from "../../ui/language";

const en = {
  begun: "Draft",
  replyElsewhere: "A reply that you began elsewhere",
  noteElsewhere: "A note that you began elsewhere",
  take: "Write on with this",
  discard: "Discard it",
};

export const words = inLanguage({ en });
