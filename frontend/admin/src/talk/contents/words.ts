import { inLanguage } from "../../ui/language";

const en = {
  deleted: "This message was deleted",
  deletedShort: "Message deleted",
  unknown: "This can only be shown in a newer version. Reload, or ask whoever runs Fireside to update it.",
  unknownShort: "Can only be shown in a newer version",
};

export const words = inLanguage({ en });
