import {
  fromStored,
  type NewMessage,
  type StoredMessage,
  textMessage,
  toStored,
} from "@fireside/shared/log/new-message";
import type { LaneName } from "@fireside/shared/protocol";
import type { Draft } from "@fireside/shared/protocol/rest";

/** The version of a lane's draft that this tab has seen, and the message that it was to be. */
export interface Base {
  version: number;
  id: string;
}

/** What this tab knows of the draft in one conversation. */
export interface Record {
  message: NewMessage;
  /** The message that it will be: its `client_msg_id`. */
  id: string;
  /** Something was typed that the server does not have yet. */
  isTouched: boolean;
  /** What the server keeps, by lane, as far as this tab has seen it. */
  bases: Partial<{ [Lane in LaneName]: Base }>;
  /** Texts that gave way in the field to one from elsewhere, and are nowhere but here. */
  asides: readonly Draft[];
}

export const EMPTY = textMessage("");

export const emptyRecord = (id: string): Record => ({
  message: EMPTY,
  id,
  isTouched: false,
  bases: {},
  asides: [],
});

export const isEmpty = ({ content, reply_to }: NewMessage): boolean =>
  content.text === "" && reply_to === undefined;

/** As a browser keeps it, with what the version before reads of it, which may still run in another tab. */
export interface StoredRecord extends StoredMessage {
  at: number;
  id?: string;
  isTouched?: boolean;
  bases?: Record["bases"];
  asides?: Record["asides"];
}

export const storedOf = ({ message, ...rest }: Record, at: number): StoredRecord => ({
  ...toStored(message),
  ...rest,
  at,
});

/** Throws where nothing of ours is stored. A draft of the version before has never been at the server. */
export const recordOf = (stored: StoredRecord, fresh: () => string): Record => ({
  message: fromStored(stored),
  id: stored.id ?? fresh(),
  isTouched: stored.isTouched ?? true,
  bases: stored.bases ?? {},
  asides: stored.asides ?? [],
});

const messageOf = ({ text, lane, reply_to }: Draft): NewMessage => ({
  ...textMessage(text, lane),
  ...(reply_to !== undefined && { reply_to }),
});

export const adopted = (draft: Draft, others: readonly Draft[]): Record => ({
  message: messageOf(draft),
  id: draft.client_msg_id,
  isTouched: false,
  bases: basesOf([draft, ...others]),
  asides: [],
});

/** Only what this tab shows, or offers: whatever it has not seen, it must not overwrite. */
const basesOf = (drafts: readonly Draft[]): Record["bases"] =>
  Object.fromEntries(drafts.map(({ lane, version, client_msg_id: id }) => [lane, { version, id }]));

export interface Reconciled {
  record: Record;
  /** Texts that were begun elsewhere, beside the one in the field. */
  others: readonly Draft[];
}

/**
 * What is to be in the field, and what to offer beside it, once the server has told what it keeps, the newest first.
 * Where somebody has typed, or is just about to, nothing that comes from elsewhere replaces a word.
 */
export function reconciled(
  record: Record,
  kept: readonly Draft[],
  isBusy: boolean,
  fresh: () => string,
): Reconciled {
  const { message, id, isTouched, bases } = record;
  const own = kept.find((draft) => draft.client_msg_id === id && draft.lane === message.lane);
  const others = kept.filter((draft) => draft !== own && draft.client_msg_id !== id);
  const isNew = own !== undefined && own.version > (bases[own.lane]?.version ?? 0);
  const isHeld = isTouched || (isBusy && !isEmpty(message));
  // From here on they are two drafts, and each needs a message of its own: else the end of one were that of the other.
  if (isNew && isHeld && own.text !== message.content.text)
    return { record: { ...record, id: fresh(), isTouched: true }, others: [own, ...others] };
  if (isTouched || (own && !isNew)) return { record, others };
  // What was never at the server cannot have gone from there: a reply without a word, say.
  if (!own && bases[message.lane] === undefined && !isEmpty(message)) return { record, others };
  // Somebody with the caret in the field has chosen between reply and note: a draft of the other lane would choose anew.
  const [next] = own ? [own, ...others] : others.filter(({ lane }) => !isBusy || lane === message.lane);
  // What was here has been sent or emptied elsewhere; what else was begun takes its place.
  if (next)
    return {
      record: { ...adopted(next, others), asides: record.asides },
      others: others.filter((other) => other !== next),
    };
  if (isEmpty(message)) return { record, others };
  return { record: { ...record, message: textMessage("", message.lane), bases: {} }, others };
}
