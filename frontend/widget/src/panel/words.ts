import { byContent, type Content, type EventName, type Happenings, type NoticeOf } from "@fireside/shared";

/* Every word of the panel: constants, so that the bundle has the words without their names. */

/** Of these words, for the days between messages, which would else be of the browser's language. */
export const language = "en";
export const close = "Close chat";
export const mute = "Turn sound off";
export const unmute = "Turn sound on";
export const conversation = "Conversation";
export const here = ([first, ...others]: readonly { name?: string }[]): string => {
  if (!first) return "We're here";
  if (!others.length) return `${first.name} is here`;
  return `${first.name} and ${others.length === 1 ? "1 other" : `${others.length} others`} are here`;
};
/** Of an inbox that has none of its own, or the first thing that a customer meets is a void. */
export const welcome = "Hello! How can we help?";
export const away = "We reply here as soon as we can";
export const you = "You";
export const bot = "Bot";
export const typing = (name: string): string => `${name} is typing`;
export const newMessages = "New messages";
export const newLine = "New";
export const older = "Loading earlier messages…";
export const deleted = "This message was deleted";
export const unknown = "Only a newer version can show this";
export const announced = (name: string, text: string): string => `${name}: ${text}`;
export const state = {
  sending: "Sending…",
  waiting: "Not sent yet. We'll keep trying.",
  rate_limited: "That was a lot at once. We'll keep trying.",
  sent: "Sent",
  delivered: "Delivered",
  seen: "Seen",
  failed: "Not sent",
};
export const retry = "Try again";
export const remove = "Delete";
export const message = "Message";
export const placeholder = "Write a message";
export const send = "Send";
export const full = "Too many messages wait to be sent.";
export const tooLong = (count: number): string => `${count} characters too many`;
export const loading = "Opening the chat…";
export const reconnecting = "Reconnecting… your messages are kept";
export const refused = {
  4409: "The chat is open in too many tabs. Close some, then connect again.",
} as Record<number, string | undefined>;
export const stopped = "The connection has ended. Your messages are kept.";
export const connect = "Connect again";
export const failed = "The chat could not be opened. We'll keep trying.";
export const notOpened = {
  not_found: "This chat is gone.",
  forbidden: "This chat is not open to this page.",
} as Record<string, string | undefined>;
export const stranger = "We could not confirm who you are. Reload the page.";

const event: {
  [Name in EventName]?: (name: string, data: Happenings[Name]) => string;
} = {
  agent_joined: (name) => `${name} joined`,
  status_changed: (_, { status }) =>
    status === "closed" ? "This conversation was closed" : "This conversation was opened again",
  bot_handover: () => "A person takes over from here",
};

/** An event in words; nothing of one that is no customer's business, or that only a newer server knows. */
export const happened = <Name extends EventName>({
  event: name,
  sender,
  data,
}: NoticeOf<Name>): string | undefined => event[name]?.(sender.name, data);

/** A message in plain words, for what is read aloud and for the host page. */
export const said = (content: Content): string =>
  byContent(content, {
    text: ({ text }) => text,
    deleted: () => deleted,
    unknown: () => unknown,
  });
