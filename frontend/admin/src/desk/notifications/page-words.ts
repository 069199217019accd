import type { Notification } from "@fireside/shared/protocol";
import { inLanguage } from "../../ui/language";

const en = {
  hint: "What reaches you, and how. All of it is in the list under the bell for two weeks, with the reason where you were not told.",
  browser: "In this browser",
  states: {
    default:
      "Desktop notifications show while Fireside is open in a tab, whichever is in front. Your browser asks you once.",
    granted: "Desktop notifications are on.",
    denied:
      "This browser blocks desktop notifications from Fireside. Allow them by the icon beside the address, then reload.",
    unsupported: "This browser cannot show desktop notifications here; they need an address with https.",
  },
  play: "Play a sound",
  sounds: { two: "Two notes", drop: "Drop", bell: "Bell", knock: "Knock" },
  whichSound: "Which sound",
  volume: "Volume",
  test: "Send me a test",
  tested: {
    both: "There was a sound, and a notification. If you saw none, your system hides them: look for “do not disturb”.",
    sound: "There was a sound. There was no desktop notification: they are not on in this browser.",
    banner: "There was a desktop notification. There was no sound: it is off, or its volume is nothing.",
    nothing: "There was nothing: sound and desktop notifications are both off in this browser.",
  },
  testTitle: "This is a test",
  testBody: "Notifications from Fireside look like this.",
  kinds: "What you are told of",
  kind: {
    mentioned: "A note mentions you",
    assigned: "A conversation is given to you",
    replied: "A customer writes in a conversation of yours",
    team: "A customer waits for your team",
    new: "A customer waits, and the conversation is nobody's",
    waiting: "A customer still waits after a minute",
  } satisfies Record<Notification["kind"], string>,
  waitingHint: "Rings every 30 seconds until somebody takes the conversation.",
  inboxes: "Inboxes",
  inboxesHint: "You are told of nothing in those that are off.",
  noInboxes: "There are none yet.",
  quiet: "Quiet hours",
  quietOn: "Be quiet every day",
  quietHint: (zone: string) => `By the clock in ${zone}. What happens then waits in the list.`,
  from: "From",
  to: "To",
};

export const pageWords = inLanguage({ en });
