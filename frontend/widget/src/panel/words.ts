import { byContent, type Content, type ConversationEvent } from "@fireside/shared";

const event: Record<
  ConversationEvent["event"],
  (name: string, data: Record<string, unknown>) => string | undefined
> = {
  agent_joined: (name) => `${name} joined`,
  assigned: () => undefined,
  status_changed: (_, { status }) =>
    status === "closed" ? "This conversation was closed" : "This conversation was opened again",
  bot_handover: () => "A person takes over from here",
};

/** Every word of the panel. */
export const words = {
  close: "Close chat",
  mute: "Turn sound off",
  unmute: "Turn sound on",
  conversation: "Conversation",
  here: (names: string[], others: number): string => {
    const [name] = names;
    if (!name) return "We're here";
    const rest = names.length - 1 + others;
    if (rest === 0) return `${name} is here`;
    return `${name} and ${rest === 1 ? "1 other" : `${rest} others`} are here`;
  },
  away: "We reply here as soon as we can",
  you: "You",
  bot: "Bot",
  typing: (name: string): string => `${name} is typing`,
  newMessages: "New messages",
  newLine: "New",
  older: "Loading earlier messages…",
  deleted: "This message was deleted",
  unknown: "This can only be shown in a newer version",
  edited: "edited",
  said: (name: string, text: string): string => `${name}: ${text}`,
  state: {
    sending: "Sending…",
    waiting: "Not sent yet. We'll keep trying.",
    rate_limited: "That was a lot at once. We'll send it in a moment.",
    sent: "Sent",
    delivered: "Delivered",
    seen: "Seen",
    failed: "Not sent",
  },
  retry: "Try again",
  remove: "Delete",
  message: "Message",
  placeholder: "Write a message",
  send: "Send",
  full: "Too many messages wait. They go out when the connection is back.",
  tooLong: (count: number): string => `${count} characters too many`,
  loading: "Opening the chat…",
  reconnecting: "Reconnecting… your messages are kept",
  refused: {
    4403: "This chat is not open to this page.",
    4409: "The chat is open in too many tabs. Close some, then connect again.",
    4410: "This chat is switched off.",
  } as Record<number, string | undefined>,
  stopped: "The connection has ended. Your messages are kept.",
  connect: "Connect again",
  failed: "The chat could not be opened. We'll try again in a moment.",
  notOpened: {
    not_found: "This chat does not exist any more.",
    forbidden: "This chat is not open to this page.",
  } as Record<string, string | undefined>,
  stranger: "We could not confirm who you are. Reload the page.",
  startNew: "Start a new conversation",
  event,
};

/** A message in plain words, for what is read aloud and for the host page. */
export const said = (content: Content): string =>
  byContent(content, {
    text: ({ text }) => text,
    deleted: () => words.deleted,
    unknown: () => words.unknown,
  });
