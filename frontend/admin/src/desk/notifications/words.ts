import type { Notification } from "@fireside/shared/protocol";
import { inLanguage } from "../../ui/language";

const en = {
  title: "Notifications",
  count: (count: number) => (count === 0 ? "Notifications" : `Notifications, ${count} new`),
  happened: ({ kind, by, customer }: Pick<Notification, "kind" | "by" | "customer">): string => {
    switch (kind) {
      case "mentioned":
        return `${by} mentioned you, about ${customer}`;
      case "assigned":
        return `${by} gave you ${customer}`;
      case "replied":
        return `${customer} wrote to you`;
      case "team":
        return `${customer} waits for your team`;
      case "new":
        return `${customer} waits for an answer`;
      case "waiting":
        return `${customer} is still waiting`;
    }
  },
  reasons: {
    told: "",
    read: "Not announced: you had read it.",
    kind_off: "Not announced: you turned these off.",
    inbox_off: "Not announced: you turned this inbox off.",
    quiet: "Not announced: it was in your quiet hours.",
    busy: "Not announced: you were busy.",
  } satisfies Record<Notification["verdict"], string>,
  isNew: "New",
  allow: "Show desktop notifications",
  choose: "Choose what you are told of",
  loading: "Reading your notifications…",
  empty: "Nothing yet",
  emptyHint: "Mentions, conversations that are given to you, and customers who wait show here.",
  failed: "Your notifications could not be read",
  failedHint: "We try again with the next connection.",
  retry: "Try again",
};

export const words = inLanguage({ en });
