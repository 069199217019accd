import { inLanguage } from "../ui/language";

const en = {
  conversations: "Conversations",
  you: (name: string, status: string) => `${name}, you are ${status}. Status and account`,
  setStatus: "Your status",
  signOut: "Sign out",
  signOutFailed: "Signing out did not reach the server. Try again.",
  mute: "Mute sounds",
  unmute: "Turn sounds on",
  skip: "Skip to the conversation",
  places: "Places",
  inbox: "Inbox",
  goToInbox: "Go to the inbox",
  goToSettings: "Go to the settings",
  listWidth: "Width of the list",
  opening: "Opening…",
  broken: "This page could not be opened",
  brokenHint: "Fireside may have been updated. Reload to go on; your messages and drafts are kept.",

  settings: {
    title: "Settings",
    sections: { you: "You", team: "Team", installation: "Installation" },
    missing: "There is no such page",
    missingHint: "Choose one from the list.",
    forAdmins: "This page is for admins",
    forAdminsHint: "Ask an admin of your team to change what it holds.",
  },

  connection: {
    reconnecting: "Reconnecting… your messages are kept.",
    fallback: "Your network blocks live connections; messages take a little longer.",
    stopped: {
      version: "Fireside was updated. Reload to go on; your drafts are kept.",
      connections: "Fireside is open in too many tabs. Close some, then reload.",
      other: "The connection ended and won't come back by itself. Reload to go on; your drafts are kept.",
    },
    reload: "Reload",
  },

  palette: {
    title: "Find anything, do anything",
    placeholder: "A customer, a setting, or what you want to do",
    results: "Found",
    none: (typed: string) =>
      `Nothing is called “${typed}”. Try a customer's name, or a word for what you want to do.`,
    short: "Find",
  },

  keyboard: {
    title: "Keyboard",
    hint: "Everything that you do often has a key. They are the same in all your browsers.",
    resetAll: "Reset all keys",
    reset: (title: string) => `Reset the keys of “${title}”`,
    change: (title: string) => `Change the keys of “${title}”, now `,
    none: "None",
    press: (title: string) => `New keys for “${title}”`,
    pressHere: "Press them",
    pressHint:
      "One key, or two one after the other. Backspace empties the field, Enter takes it, Esc leaves it as it was.",
    taken: (title: string) => `“${title}” has these. They are taken from it if you use them here.`,
    kept: "Browsers keep these for themselves. Choose others.",
    needsModifier: "This works while you write, too, so it needs Ctrl, ⌘ or Alt.",
    use: "Use these",
    useNone: "Use none",
    takeOver: "Take them over",
    cancel: "Cancel",
  },

  shortcuts: {
    title: "Keyboard shortcuts",
    close: "Close",
    enabled: "Single-key shortcuts",
    enabledHint: "They work while you are not writing.",
    help: "Show the keys",
    send: "Send",
    newLine: "New line",
    leave: "Leave the composer",
    groups: {
      move: "Move",
      act: "In a conversation",
      select: "Select",
      write: "While writing",
      app: "Everywhere",
    },
  },

  title: {
    unread: (count: number, page: string) => `(${count}) ${page}`,
    page: (name: string) => `${name} · Fireside`,
  },
};

export const words = inLanguage({ en });
