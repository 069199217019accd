import { inLanguage } from "../../ui/language";

const en = {
  online: "Online",
  away: "Away",
  busy: "Busy",
  offline: "Offline",
  onlineNow: "Online now",
  lastSeen: (when: string | undefined) => `Last seen ${when ?? "just now"}`,
  until: (when: string) => `until ${when}`,

  choices: {
    automatic: "Automatic",
    online: "Online",
    away: "Away",
    busy: "Busy",
    invisible: "Invisible",
  },
  hints: {
    automatic: "Online while you work, away after five minutes",
    online: "Even while you do something else",
    away: "Customers see nobody there, and you get no new work",
    busy: "You are there, and get no new work",
    invisible: "Offline to everyone but you",
  },
  status: {
    title: "Your status",
    edit: "Set a status…",
    clear: "Clear your status",
    clearNow: "Clear",
    close: "Close",
    availability: "Availability",
    emoji: "Emoji",
    noEmoji: "None",
    text: "What is up?",
    textHint: "Colleagues see it beside your name.",
    suggestions: "Suggestions",
    clearAfter: "Clear after",
    after: {
      never: "Don't clear",
      "half-hour": "30 minutes",
      hour: "1 hour",
      today: "Today",
      at: "At…",
    },
    at: "Ends at",
    past: "Choose a time that is still to come.",
    save: "Save",
    failed: "Your status was not changed. Try again when the connection is back.",
  },
  suggestions: [
    { emoji: "🍜", text: "Lunch", status: "away", after: "half-hour" },
    { emoji: "📞", text: "On a call", status: "busy", after: "hour" },
    { emoji: "🎯", text: "Focusing", status: "busy", after: "hour" },
    { emoji: "🏠", text: "Working from home", status: "automatic", after: "today" },
    { emoji: "🤒", text: "Off sick", status: "away", after: "today" },
    { emoji: "🌴", text: "On holiday", status: "away", after: "at" },
  ],
} as const;

export const words = inLanguage({ en });
