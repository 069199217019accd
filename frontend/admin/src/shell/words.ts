import { inLanguage } from "../ui/language";

const en = {
  conversations: "Conversations",
  you: (name: string, status: string) => `${name}, you are ${status}. Status and account`,
  setStatus: "Your status",
  statusFailed: "Your status was not changed. Try again when the connection is back.",
  signOut: "Sign out",
  signOutFailed: "Signing out did not reach the server. Try again.",
  mute: "Mute sounds",
  unmute: "Turn sounds on",
  skip: "Skip to the conversation",

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

  shortcuts: {
    title: "Keyboard shortcuts",
    close: "Close",
    enabled: "Single-key shortcuts",
    enabledHint: "They work while you are not writing.",
    help: "This list",
    send: "Send",
    newLine: "New line",
    leave: "Leave the composer",
    groups: { move: "Move", act: "In a conversation", write: "While writing" },
  },

  title: {
    unread: (count: number, page: string) => `(${count}) ${page}`,
    page: (name: string) => `${name} · Fireside`,
  },
};

export const words = inLanguage({ en });
