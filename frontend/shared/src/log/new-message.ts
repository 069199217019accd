import { mended } from "../format/text";
import type { LaneName, NewText, SendMessage, TextContent } from "../protocol";

/**
 * A message as somebody has written it. From the composer over the outbox to the line it is handed on whole, so that
 * whatever the protocol lets a message say arrives without anybody on the way knowing of it.
 */
export type NewMessage = Omit<SendMessage, "type" | "id" | "conversation_id" | "client_msg_id"> & {
  lane: LaneName;
};

export const textMessage = (text: string, lane: LaneName = "public"): NewMessage => ({
  content: { type: "text", text },
  lane,
});

/** The content as it will be told, for as long as it is on its way. */
export const shown = ({ text, format }: NewText): TextContent =>
  format === "markdown" ? { type: "text", text, markdown: text } : { type: "text", text };

/** The same message with another text. */
export const withText = (message: NewMessage, text: string): NewMessage => ({
  ...message,
  content: { ...message.content, text },
});

/** The same as the server takes it. */
export const wellFormed = (message: NewMessage): NewMessage =>
  withText(message, mended(message.content.text));

/** A message as a browser keeps it: whole, and as the version before had it, which may still run in another tab. */
export interface StoredMessage {
  message?: NewMessage;
  text: string;
  lane?: LaneName;
}

export const toStored = (message: NewMessage): StoredMessage => ({
  message,
  text: message.content.text,
  lane: message.lane,
});

/** A message as any version may have stored it; throws where there is no text. */
export const fromStored = ({ message, text, lane }: StoredMessage): NewMessage =>
  wellFormed(message ?? textMessage(text, lane));
