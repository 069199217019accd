import type { ConversationState, Pending, Streaming } from "./conversation";
import type { Lane, Message, Notice } from "./lane";
import type { LaneName, Role } from "../protocol";

/** Messages of one sender this close together stand as one group. */
const GROUP_MS = 3 * 60_000;

export type TimelineItem = Message | Notice | Pending | Streaming;

/** One line of the view, with what its place among the others asks for. */
export interface Row {
  /** Stays the same while a message goes from pending or streaming to logged, so that its element stays too. */
  key: string;
  item: TimelineItem;
  /** The first of its day: a separator stands above. */
  startsDay: boolean;
  /** The first of its group: it carries the sender's name. */
  startsGroup: boolean;
  /** Unread begins here. */
  startsNew: boolean;
}

/** Everything to be seen, oldest first: both lanes by time, then what is being sent, then replies that grow. */
export function timeline(state: ConversationState, lanes: readonly LaneName[] = ["public"]): TimelineItem[] {
  const shown = lanes.map((name) => state.lanes[name]);
  const horizon = Math.max(...shown.map(oldestKnown));
  const logged = shown.map(({ items }) => items.filter((item) => item.at >= horizon)).reduce(merge, []);
  return [...logged, ...state.pending.filter((item) => lanes.includes(item.lane)), ...state.streaming];
}

/** The same for who sees the public lane only. */
export function publicTimeline({ lanes, pending, streaming }: ConversationState): TimelineItem[] {
  return [...lanes.public.items, ...pending, ...streaming];
}

/** The lane to load older entries of: the one whose known past ends latest; undefined at the very beginning. */
export function laneToExtend(state: ConversationState, lanes: readonly LaneName[]): Lane | undefined {
  const unfinished = lanes
    .map((name) => state.lanes[name])
    .filter((lane) => lane.last !== null && lane.first > 1);
  return unfinished.sort((a, b) => oldestKnown(b) - oldestKnown(a))[0];
}

/** Above this moment a lane has more than is loaded, so the other must not show its own part of that past. */
function oldestKnown(lane: Lane): number {
  return lane.first > 1 ? (lane.items[0]?.at ?? 0) : 0;
}

/** Merges by time without ever changing the order inside a lane. */
function merge(a: readonly (Message | Notice)[], b: readonly (Message | Notice)[]): (Message | Notice)[] {
  const merged: (Message | Notice)[] = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    merged.push(b[j]!.at < a[i]!.at ? b[j++]! : a[i++]!);
  }
  return [...merged, ...a.slice(i), ...b.slice(j)];
}

/** Adds to each item where days, groups and unread messages begin. `readSeq` belongs to the public lane. */
export function rows(
  items: readonly TimelineItem[],
  me: number | undefined,
  readSeq = Number.MAX_SAFE_INTEGER,
): Row[] {
  let isNew = false;
  let day = { from: 0, until: 0 };
  return items.map((item, index) => {
    const before = items[index - 1];
    const startsDay = item.at < day.from || item.at >= day.until;
    if (startsDay) day = dayOf(item);
    const startsNew = !isNew && isUnread(item, me, readSeq);
    isNew ||= startsNew;
    const startsGroup = startsDay || startsNew || !before || !sameGroup(before, item, me);
    return { key: item.client_msg_id, item, startsDay, startsGroup, startsNew };
  });
}

export interface Delivery {
  key: string;
  state: Pending["state"] | "delivered" | "seen";
}

/** The state of the newest message of our own; nobody needs that under every one. */
export function newestDelivery(
  state: ConversationState,
  items: readonly TimelineItem[],
  me: number | undefined,
  readers: readonly Role[],
): Delivery | undefined {
  const own = items.findLast((item) => senderOf(item, me) === me && item.kind !== "notice");
  if (own?.kind === "pending") return { key: own.client_msg_id, state: own.state };
  if (own?.kind !== "message") return undefined;
  const key = own.client_msg_id;
  // Only the public lane is marked.
  const marks =
    own.lane === "team" ? [] : [...state.marks.values()].filter(({ role }) => readers.includes(role));
  if (marks.some(({ read_seq }) => read_seq >= own.seq)) return { key, state: "seen" };
  return { key, state: marks.some(({ delivered_seq }) => delivered_seq >= own.seq) ? "delivered" : "sent" };
}

export function senderOf(item: TimelineItem, me: number | undefined): number | undefined {
  return item.kind === "pending" ? me : item.sender.id;
}

function isUnread(item: TimelineItem, me: number | undefined, readSeq: number): boolean {
  return item.kind === "message" && item.lane === "public" && item.seq > readSeq && item.sender.id !== me;
}

function sameGroup(a: TimelineItem, b: TimelineItem, me: number | undefined): boolean {
  if (a.kind === "notice" || b.kind === "notice") return false;
  return senderOf(a, me) === senderOf(b, me) && a.lane === b.lane && b.at - a.at < GROUP_MS;
}

/** The local day of an item, from midnight to midnight; asking the calendar for each item is slow. */
function dayOf({ at }: TimelineItem): { from: number; until: number } {
  const from = new Date(at).setHours(0, 0, 0, 0);
  const until = new Date(from);
  return { from, until: until.setDate(until.getDate() + 1) };
}
