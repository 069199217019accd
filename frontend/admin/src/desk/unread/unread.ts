import type { Conversation } from "@fireside/shared/protocol";
import type { ReadState } from "@fireside/shared/protocol/rest";

/**
 * Whether an agent has yet to read a conversation: they put it back, or its customer spoke last and they have not seen it.
 * That somebody waits for an answer is another thing, of the whole team. Nothing is unread while it is not known.
 */
export function isUnread(
  { status, last_message }: Pick<Conversation, "status" | "last_message">,
  state: ReadState | undefined,
): boolean {
  if (!state) return false;
  if (state.unread_from !== null) return true;
  if (status === "closed" || last_message?.sender.role !== "customer") return false;
  return last_message.seq > state.read_seq;
}
