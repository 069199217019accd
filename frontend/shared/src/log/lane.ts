import type {
  Content,
  EventName,
  Happenings,
  LaneName,
  LogEntry,
  MessageReceived,
  Sender,
} from "../protocol";

/** Entries beyond a hole that wait for it to be filled; a sync brings again what does not fit. */
const MOST_HELD = 500;

export interface Reaction {
  emoji: string;
  user: Sender;
}

/** A message as it stands now, after all edits. */
export interface Message {
  kind: "message";
  lane: LaneName;
  seq: number;
  message_id: string;
  client_msg_id: string;
  sender: Sender;
  /** When it was stored, in milliseconds since the epoch. */
  at: number;
  content: Content;
  /** The `seq` of the message that this one answers. */
  reply_to?: number | undefined;
  edited: boolean;
  reactions: readonly Reaction[];
}

/** Something that happened, such as an agent joining; `event` tells what `data` is. */
export type Notice = { [Name in EventName]: NoticeOf<Name> }[EventName];

export interface NoticeOf<Name extends EventName> {
  kind: "notice";
  lane: LaneName;
  seq: number;
  message_id: string;
  client_msg_id: string;
  sender: Sender;
  at: number;
  event: Name;
  data: Happenings[Name];
}

/** News of one message from entries so far; they may come before the page with the message itself. */
interface Change {
  content?: { seq: number; value: Content };
  reactions: ReadonlyMap<string, { seq: number; on: boolean; reaction: Reaction }>;
}

/** One lane of a conversation: what is known of the numbered log, and what it amounts to. */
export interface Lane {
  name: LaneName;
  /** The last entry of the unbroken row; null until the first page came. */
  last: number | null;
  /** The `message_id` of that entry, by which the server sees that it is of the same log. */
  lastId: string | undefined;
  /** The highest number that is known to exist. */
  head: number;
  /** The oldest loaded entry; 1 means that nothing is older. */
  first: number;
  items: readonly (Message | Notice)[];
  held: ReadonlyMap<number, LogEntry>;
  changes: ReadonlyMap<number, Change>;
}

export const emptyLane = (name: LaneName): Lane => ({
  name,
  last: null,
  lastId: undefined,
  head: 0,
  first: Number.MAX_SAFE_INTEGER,
  items: [],
  held: new Map(),
  changes: new Map(),
});

/** Takes entries in whatever order they come: the next is applied, the old dropped, the far held. */
export function receive(lane: Lane, entries: readonly LogEntry[]): Lane {
  const held = new Map(lane.held);
  for (const entry of entries) {
    if (entry.seq <= (lane.last ?? 0) || (held.size >= MOST_HELD && entry.seq !== (lane.last ?? 0) + 1))
      continue;
    held.set(entry.seq, entry);
  }
  const head = Math.max(lane.head, ...entries.map((entry) => entry.seq));
  if (lane.last === null) return { ...lane, head, held };
  let { last } = lane;
  for (const seq of held.keys()) if (seq <= last) held.delete(seq);
  const next: LogEntry[] = [];
  for (let entry = held.get(last + 1); entry; entry = held.get(last + 1)) {
    next.push(entry);
    held.delete(++last);
  }
  const lastId = next.at(-1)?.message_id ?? lane.lastId;
  return apply(
    {
      ...lane,
      last,
      lastId,
      head,
      first: next.length ? Math.min(lane.first, next[0]!.seq) : lane.first,
      held,
    },
    next,
  );
}

/** Takes a page of history: the newest (`head` given) or one before what is there. */
export function insertPage(lane: Lane, entries: readonly LogEntry[], head?: number): Lane {
  const fresh = entries.filter((entry) => entry.seq < lane.first);
  const first = fresh[0]?.seq ?? Math.min(lane.first, 1);
  const filled = apply({ ...lane, first }, fresh);
  if (head === undefined || lane.last !== null) return filled;
  const lastId = entries.find(({ seq }) => seq === head)?.message_id;
  return receive({ ...filled, last: head, lastId, head: Math.max(head, lane.head) }, []);
}

/** A message by its number: undefined where it is not loaded, or is none. */
export const messageAt = (lane: Lane, seq: number): Message | undefined =>
  lane.items.find((item): item is Message => item.seq === seq && item.kind === "message");

/** True when entries exist that have not come yet. */
export const isBehind = (lane: Lane): boolean => lane.last !== null && lane.last < lane.head;

function apply(lane: Lane, entries: readonly LogEntry[]): Lane {
  if (!entries.length) return lane;
  const changes = new Map(lane.changes);
  const added: (Message | Notice)[] = [];
  const touched = new Set<number>();
  for (const entry of entries) {
    if (isChange(entry)) {
      changes.set(entry.target_seq, change(changes.get(entry.target_seq), entry));
      touched.add(entry.target_seq);
    } else if (!("target_seq" in entry)) {
      const item = itemOf(lane.name, entry);
      added.push(item);
      touched.add(item.seq);
    }
    // A change of a kind that is not known here still took its number above.
  }
  const older = added.length > 0 && lane.items.length > 0 && added[0]!.seq < lane.items[0]!.seq;
  const all = older ? [...added, ...lane.items] : [...lane.items, ...added];
  return {
    ...lane,
    changes,
    items: all.map((item) => (touched.has(item.seq) ? changed(item, changes) : item)),
  };
}

type Changes = Extract<LogEntry, { target_seq: number }>;
const CHANGES: readonly string[] = [
  "message_edited",
  "message_deleted",
  "reaction_changed",
] satisfies Changes["type"][];
const isChange = (entry: LogEntry): entry is Changes => CHANGES.includes(entry.type);

/** The line that an entry makes; one of a type that is not known here, or was not to the server, is a message too. */
function itemOf(lane: LaneName, entry: Exclude<LogEntry, Changes>): Message | Notice {
  const { seq, message_id, client_msg_id, sender } = entry;
  const common = { lane, seq, message_id, client_msg_id, sender, at: Date.parse(entry.created_at) };
  if (entry.type === "conversation_event") {
    return { kind: "notice", ...common, event: entry.event, data: entry.data } as Notice;
  }
  return {
    kind: "message",
    ...common,
    content: entry.type === "message_received" ? entry.content : { type: "unknown" },
    reply_to: (entry as Partial<MessageReceived>).reply_to,
    edited: false,
    reactions: [],
  };
}

/** The latest entry about a message wins, whenever it comes; a deletion is final. */
function change(known: Change | undefined, entry: Changes): Change {
  const current: Change = known ?? { reactions: new Map() };
  if (entry.type === "reaction_changed") {
    const key = `${entry.sender.id} ${entry.emoji}`;
    if ((current.reactions.get(key)?.seq ?? 0) > entry.seq) return current;
    const reaction = { emoji: entry.emoji, user: entry.sender };
    const reactions = new Map(current.reactions).set(key, { seq: entry.seq, on: entry.on, reaction });
    return { ...current, reactions };
  }
  const isDeletion = entry.type === "message_deleted";
  if (current.content?.value.type === "deleted") return current;
  if (!isDeletion && (current.content?.seq ?? 0) > entry.seq) return current;
  // An edit without a text is one that a later change has taken back; the message itself tells the rest.
  if (!isDeletion && isEmptied(entry.content)) return current;
  const value: Content = isDeletion ? { type: "deleted" } : entry.content;
  return { ...current, content: { seq: entry.seq, value } };
}

const isEmptied = (content: Content): boolean => content.type === "text" && content.text === "";

function changed(item: Message | Notice, changes: ReadonlyMap<number, Change>): Message | Notice {
  const known = changes.get(item.seq);
  if (!known || item.kind === "notice") return item;
  // History may already tell a message as deleted; an older edit does not bring it back.
  const content = item.content.type === "deleted" ? item.content : (known.content?.value ?? item.content);
  const reactions = [...known.reactions.values()].filter(({ on }) => on).map(({ reaction }) => reaction);
  return { ...item, content, edited: content.type === "text" && known.content !== undefined, reactions };
}
