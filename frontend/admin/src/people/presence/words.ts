import { inLanguage } from "../../ui/language";

const en = {
  online: "Online",
  away: "Away",
  busy: "Busy",
  offline: "Offline",
  onlineNow: "Online now",
  lastSeen: (when: string | undefined) => `Last seen ${when ?? "just now"}`,
};

export const words = inLanguage({ en });
