import { uuid } from "../line/ids";
import type { DeleteMessage, EditMessage, LaneName, Limits, React } from "../protocol";
import { type Message, messageAt } from "./lane";
import type { Room } from "./room";

type Asked<Request> = Omit<Request, "id" | "conversation_id" | "client_msg_id">;
/** Something that is done to a message. */
export type MessageChange = Asked<EditMessage> | Asked<DeleteMessage> | Asked<React>;

/** The kinds of reactions that a message may have; the server refuses the next one. */
export const MOST_KINDS = 20;

/**
 * Edits a message, deletes it, or reacts to it. Nothing waits in an outbox: whoever did it sees whether it came about.
 * Throws a `ChatError`.
 */
export async function changeMessage({ id, link }: Room, change: MessageChange): Promise<void> {
  await link.request({ ...change, conversation_id: id, client_msg_id: uuid() });
}

/** Puts a reaction on, or takes one's own off again. */
export function toggleReaction(room: Room, message: Message, emoji: string, me: number): Promise<void> {
  const on = !message.reactions.some((reaction) => reaction.emoji === emoji && reaction.user.id === me);
  return changeMessage(room, { type: "react", target_seq: message.seq, lane: message.lane, emoji, on });
}

/** Whether somebody may still edit a message of theirs. A server of the version before does not say for how long. */
export const isYoung = ({ at }: Message, limits: Limits | undefined, now: number): boolean =>
  now - at < (limits?.edit_seconds ?? 0) * 1000;

/** The reactions of a message by kind, in the order in which the kinds came. */
export function kindsOf({ reactions }: Message): { emoji: string; names: string[]; ids: number[] }[] {
  const kinds = new Map<string, { emoji: string; names: string[]; ids: number[] }>();
  for (const { emoji, user } of reactions) {
    const kind = kinds.get(emoji) ?? { emoji, names: [], ids: [] };
    kind.names.push(user.name);
    kind.ids.push(user.id);
    kinds.set(emoji, kind);
  }
  return [...kinds.values()];
}

/** Loads what is older until a message is there; tells whether it is. Throws a `ChatError`. */
export async function reach(room: Room, name: LaneName, seq: number): Promise<boolean> {
  const isThere = (): boolean => messageAt(room.view.conversation.lanes[name], seq) !== undefined;
  for (let before; !isThere() && room.view.hasOlder && before !== room.view.conversation;) {
    before = room.view.conversation;
    await room.loadOlder();
  }
  return isThere();
}
