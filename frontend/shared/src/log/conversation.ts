import type { NewMessage } from "./new-message";
import { emptyLane, insertPage, isBehind, type Lane, receive } from "./lane";
import type {
  Format,
  JoinAck,
  LaneName,
  LogEntry,
  Mark,
  MessageStreaming,
  Sender,
  TypingIndicator,
} from "../protocol";

/** A streamed reply that has been silent for so long is not coming. */
const STREAM_SILENCE_MS = 10_000;
const MOST_TYPING = 50;
const MOST_STREAMING = 10;

/** A message of our own that the log does not show yet. */
export interface Pending extends NewMessage {
  kind: "pending";
  client_msg_id: string;
  at: number;
  /** `sent`: acked, and its entry is on the way. */
  state: "sending" | "sent" | "failed";
  /** Why it failed, or what it waits for. */
  error?: { code: string; message: string } | undefined;
}

/** A bot's reply while it grows. */
export interface Streaming {
  kind: "streaming";
  lane: "public";
  client_msg_id: string;
  sender: Sender;
  text: string;
  format?: Format | undefined;
  at: number;
  until: number;
}

export interface Typist {
  user_id: number;
  user_name: string;
  role: Sender["role"];
  until: number;
}

/** All that one client knows of one conversation. Times in `until` are the clock's milliseconds. */
export interface ConversationState {
  id: string;
  lanes: Readonly<Record<LaneName, Lane>>;
  pending: readonly Pending[];
  streaming: readonly Streaming[];
  typing: readonly Typist[];
  marks: ReadonlyMap<number, Mark>;
}

/** The news of a join, and of a resume too. */
export type Joined = Pick<JoinAck, "marks" | "typing"> & { head?: number; team_head?: number };

export type Action =
  | { type: "entries"; lane: LaneName; entries: readonly LogEntry[] }
  | { type: "page"; lane: LaneName; entries: readonly LogEntry[]; head?: number }
  | { type: "head"; lane: LaneName; seq: number }
  | { type: "reset" }
  | { type: "pending"; pending: readonly Pending[] }
  | { type: "joined"; as: Joined; now: number }
  | { type: "typing"; event: Omit<TypingIndicator, "type" | "conversation_id">; now: number }
  | { type: "streaming"; event: MessageStreaming; now: number }
  | { type: "mark"; mark: Mark }
  | { type: "tick"; now: number };

export const emptyConversation = (id: string): ConversationState => ({
  id,
  lanes: { public: emptyLane("public"), team: emptyLane("team") },
  pending: [],
  streaming: [],
  typing: [],
  marks: new Map(),
});

/** The whole behaviour of a conversation on the client; equal input gives equal output, in whatever order it came. */
export function reduce(state: ConversationState, action: Action): ConversationState {
  switch (action.type) {
    case "entries":
      return settled(withLane(state, receive(state.lanes[action.lane], action.entries)), action.entries);
    case "page":
      return settled(
        withLane(state, insertPage(state.lanes[action.lane], action.entries, action.head)),
        action.entries,
      );
    case "head": {
      const lane = state.lanes[action.lane];
      return action.seq > lane.head ? withLane(state, { ...lane, head: action.seq }) : state;
    }
    case "reset":
      return { ...emptyConversation(state.id), pending: state.pending };
    case "pending":
      return {
        ...state,
        pending: action.pending.filter((item) => !isLogged(state, item.lane, item.client_msg_id)),
      };
    case "joined":
      return joined(state, action.as, action.now);
    case "typing":
      return withTyping(state, action.event, action.now);
    case "streaming":
      return withStreaming(state, action.event, action.now);
    case "mark":
      return withMark(state, action.mark);
    case "tick":
      return expired(state, action.now);
  }
}

/** The lanes in which entries are missing, and after which one. */
export function holes(state: ConversationState): { lane: LaneName; since: number; certain: boolean }[] {
  return Object.values(state.lanes)
    .filter(isBehind)
    .map((lane) => ({ lane: lane.name, since: lane.last ?? 0, certain: lane.held.size > 0 }));
}

/** When the next typing or streaming bubble goes by itself. */
export function nextExpiry(state: ConversationState): number | undefined {
  const times = [...state.typing, ...state.streaming].map(({ until }) => until);
  return times.length ? Math.min(...times) : undefined;
}

/** True when the log shows the message; late news about a sent or streamed one is then void. */
function isLogged(state: ConversationState, lane: LaneName, clientMsgId: string): boolean {
  const { items } = state.lanes[lane];
  return items.some((item) => item.kind === "message" && item.client_msg_id === clientMsgId);
}

/** Once a person takes part the bot is silent for good: half a reply must not stay below that person's words. */
function isTakenOver(state: ConversationState): boolean {
  return state.lanes.public.items.some(
    (item) => item.sender.role === "agent" || (item.kind === "notice" && item.event === "bot_handover"),
  );
}

function withLane(state: ConversationState, lane: Lane): ConversationState {
  return { ...state, lanes: { ...state.lanes, [lane.name]: lane } };
}

/** A message in the log ends what announced it: the pending bubble, the stream, the typing of its sender. */
function settled(state: ConversationState, entries: readonly LogEntry[]): ConversationState {
  if (!state.pending.length && !state.streaming.length && !state.typing.length) return state;
  const authors = new Set(
    entries.filter(({ type }) => type === "message_received").map(({ sender }) => sender.id),
  );
  return {
    ...state,
    pending: state.pending.filter((item) => !isLogged(state, item.lane, item.client_msg_id)),
    streaming: isTakenOver(state)
      ? []
      : state.streaming.filter((item) => !isLogged(state, "public", item.client_msg_id)),
    typing: state.typing.filter((typist) => !authors.has(typist.user_id)),
  };
}

function joined(state: ConversationState, as: Joined, now: number): ConversationState {
  let next = state;
  if (as.head !== undefined) next = reduce(next, { type: "head", lane: "public", seq: as.head });
  if (as.team_head !== undefined) next = reduce(next, { type: "head", lane: "team", seq: as.team_head });
  next = { ...next, typing: [] };
  for (const event of as.typing) next = withTyping(next, event, now);
  for (const mark of as.marks) next = withMark(next, mark);
  return next;
}

function withTyping(
  state: ConversationState,
  { user_id, user_name, role, is_typing, expires_in_ms }: Omit<TypingIndicator, "type" | "conversation_id">,
  now: number,
): ConversationState {
  const others = state.typing.filter((typist) => typist.user_id !== user_id);
  if (!is_typing) return { ...state, typing: others };
  const typist = { user_id, user_name, role, until: now + expires_in_ms };
  return { ...state, typing: [...others, typist].slice(-MOST_TYPING) };
}

function withStreaming(state: ConversationState, event: MessageStreaming, now: number): ConversationState {
  const { client_msg_id } = event;
  if (isTakenOver(state) || isLogged(state, "public", client_msg_id)) return state;
  const others = state.streaming.filter((item) => item.client_msg_id !== client_msg_id);
  // What came is kept whole; its own fields give way to ours.
  const item: Streaming = {
    ...event,
    kind: "streaming",
    lane: "public",
    at: now,
    until: now + STREAM_SILENCE_MS,
  };
  return { ...state, streaming: [...others, item].slice(-MOST_STREAMING) };
}

/** Marks only grow, so an old one that comes late changes nothing. */
function withMark(state: ConversationState, mark: Mark): ConversationState {
  const known = state.marks.get(mark.user_id);
  const merged = {
    ...mark,
    delivered_seq: Math.max(mark.delivered_seq, known?.delivered_seq ?? 0),
    read_seq: Math.max(mark.read_seq, known?.read_seq ?? 0),
  };
  return { ...state, marks: new Map(state.marks).set(mark.user_id, merged) };
}

function expired(state: ConversationState, now: number): ConversationState {
  const live = ({ until }: { until: number }): boolean => until > now;
  return { ...state, typing: state.typing.filter(live), streaming: state.streaming.filter(live) };
}
