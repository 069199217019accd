import type { Cancel, Clock } from "./line/clock";
import { Emitter } from "./line/emitter";
import { disconnected } from "./line/errors";
import { Outbox, type OutboxItem } from "./log/outbox";
import { type PresenceMap, withPresence } from "./people/presence";
import type {
  Authenticated,
  LaneName,
  Limits,
  LogEntry,
  Presence,
  Reconnected,
  ServerEvent,
  Since,
  User,
} from "./protocol";
import type { MessageBody } from "./protocol/rest";
import type { Answer, Question, Signal } from "./line/requests";
import { Rest } from "./line/rest";
import { type Link, Room } from "./log/room";
import { ChatSocket, type SocketState } from "./line/socket";
import type { Store } from "./line/storage";
import type { Wakeups } from "./line/wakeups";

/** Attempts that fail before the long poll steps in; the socket is tried on beside it. */
const BLOCKED_AFTER = 2;
const POLL_MS = 5_000;
/** The first frame may have 8 KiB, and a place takes some 200 bytes; other rooms are joined once the socket is up. */
const MOST_RESUMED = 32;

export interface ChatStatus {
  state: SocketState;
  /** `poll`: WebSockets are blocked and messages come by long poll; typing and presence do not. */
  transport?: "socket" | "poll";
  /** Why it will not try again by itself. */
  stopped?: { code: number; message: string } | undefined;
}

export interface ChatOptions {
  surface: "admin" | "widget";
  /** The origin of the chat, such as `https://chat.example`. */
  origin: string;
  token(fresh: boolean): Promise<string>;
  version: string;
  store: Store;
  /** The owner of the outbox, such as the inbox's key or the agent's id. */
  scope: string;
  tab: string;
  clock: Clock;
  WebSocket: new (url: string) => WebSocket;
  fetch: typeof fetch;
  wakeups: Wakeups;
  /** Anything else that must be fetched every 5 s while WebSockets are blocked, such as the list of conversations. */
  poll?(): Promise<unknown>;
}

interface ChatEvents {
  status: ChatStatus;
  presence: PresenceMap;
  /** The socket is up and knows who we are; whatever lives only as long as a connection begins here. */
  open: Authenticated | Reconnected;
  /** The log was replaced on the server, by a restore or a failover; told before `open`. */
  replaced: undefined;
  /** Each frame that is not an answer, after it was applied. */
  event: ServerEvent;
}

/** The chat as one person sees it: the connection, the outbox, and a `Room` for each conversation that is open. */
export class ChatClient extends Emitter<ChatEvents> implements Link {
  status: ChatStatus = { state: "disconnected" };
  presence: PresenceMap = new Map();
  /** Whether any agent is there, as a customer is told; unknown before the socket was up. */
  teamHere: boolean | undefined;
  /** The person we are; known once the socket was up. */
  user: User | undefined;
  /** As the server has told them. */
  limits: Limits | undefined;
  readonly rooms = new Map<string, Room>();
  readonly clock: Clock;
  readonly lanes: readonly LaneName[];
  readonly rest: Rest;
  readonly outbox: Outbox;
  #socket: ChatSocket;
  #fallback: Promise<typeof import("./log/fallback") | undefined> | undefined;
  #polls: Cancel[] = [];
  #isPolling = false;
  #reached = false;
  #epoch: string | undefined;

  constructor(readonly options: ChatOptions) {
    super();
    const { origin, token, clock, surface } = options;
    this.clock = clock;
    this.lanes = surface === "admin" ? ["public", "team"] : ["public"];
    this.rest = new Rest({ origin, token, fetch: options.fetch });
    this.outbox = new Outbox({
      ...options,
      deliver: (item) => this.#deliver(item),
      onChange: (id) => this.rooms.get(id)?.pendingChanged(),
    });
    this.#socket = new ChatSocket({
      ...options,
      url: `${origin.replace(/^http/, "ws")}/ws/${surface}`,
      token,
      client: { name: surface, version: options.version },
      resume: () => this.#positions(),
      onStatus: () => this.#statusChanged(),
      onOpen: (event) => this.#opened(event),
      onEvent: (event) => this.#received(event),
    });
  }

  start(): void {
    // Fetched while the server answers: a browser does not ask again for a module that it could not get.
    this.#fallback ??= import("./log/fallback").catch(() => undefined);
    this.#socket.start();
  }

  /** Ends the connection; what waits in the outbox stays stored. */
  stop(): void {
    this.#socket.stop();
    for (const id of [...this.rooms.keys()]) this.leave(id);
    this.outbox.close();
  }

  /** Follows a conversation from now on; the same room for the same conversation until it is left. */
  join(conversationId: string): Room {
    const known = this.rooms.get(conversationId);
    if (known) return known;
    const room = new Room(conversationId, this);
    this.rooms.set(conversationId, room);
    void this.#poll();
    return room;
  }

  leave(conversationId: string): void {
    this.rooms.get(conversationId)?.leave();
    this.rooms.delete(conversationId);
    void this.#poll();
  }

  isConnected(): boolean {
    return this.#socket.status.state === "connected";
  }

  request<Q extends Question>(question: Q): Promise<Answer<Q>> {
    return this.#socket.request(question);
  }

  signal(signal: Signal): void {
    this.#socket.signal(signal);
  }

  #deliver({ conversation_id, client_msg_id, message }: OutboxItem): Promise<unknown> {
    const body: MessageBody = { ...message, client_msg_id };
    if (this.status.transport === "socket")
      return this.request({ ...body, type: "send_message", conversation_id });
    if (this.status.transport !== "poll") return Promise.reject(disconnected());
    return this.rest.post(`/chat/conversations/${conversation_id}/messages`, body);
  }

  #opened(event: Authenticated | Reconnected): void {
    this.user = event.user;
    this.teamHere = event.team_here ?? this.teamHere;
    this.limits = event.limits;
    if (this.#epoch !== event.epoch && this.#epoch !== undefined) this.#replaced();
    this.#epoch = event.epoch;
    const resumed = event.type === "reconnected" ? event.conversations : {};
    for (const [id, room] of this.rooms) room.connected(resumed[id]);
    this.emit("open", event);
    this.outbox.flush();
  }

  /** Another log is there now, so the versions that we know mean nothing. */
  #replaced(): void {
    this.presence = new Map();
    this.emit("replaced", undefined);
  }

  #received(event: ServerEvent): void {
    if (isEntry(event)) {
      this.#entries(event.conversation_id, event.lane ?? "public", [event]);
    } else {
      this.#state(event);
    }
    this.emit("event", event);
  }

  #entries(conversationId: string, lane: LaneName, entries: LogEntry[]): void {
    this.rooms.get(conversationId)?.dispatch({ type: "entries", lane, entries });
  }

  #state(event: Exclude<ServerEvent, LogEntry>): void {
    const now = this.clock.now();
    switch (event.type) {
      case "typing_indicator":
        return this.rooms.get(event.conversation_id)?.dispatch({ type: "typing", event, now });
      case "message_streaming":
        return this.rooms.get(event.conversation_id)?.dispatch({ type: "streaming", event, now });
      case "receipt_updated":
        return this.rooms.get(event.conversation_id)?.dispatch({ type: "mark", mark: event });
      case "presence_update":
        return this.heard([event]);
      case "team_here":
        this.teamHere = event.online;
        return this.heard([]);
      case "ping":
        for (const [id, seq] of Object.entries(event.heads)) {
          this.rooms.get(id)?.dispatch({ type: "head", lane: "public", seq });
        }
    }
  }

  /** Takes news of who is there. */
  heard(news: readonly Presence[]): void {
    this.presence = withPresence(this.presence, news);
    this.emit("presence", this.presence);
  }

  #positions(): Record<string, Since> {
    const rooms = [...this.rooms].slice(-MOST_RESUMED);
    const positions = rooms.map(([id, room]) => [id, room.position()] as const);
    return Object.fromEntries(positions.filter((entry): entry is [string, Since] => entry[1] !== undefined));
  }

  #statusChanged(): void {
    const { state, failures, stopped } = this.#socket.status;
    if (state === "connected" || stopped || (state === "disconnected" && failures === 0)) {
      this.#endPolls();
      this.#isPolling = this.#reached = false;
    } else if (failures >= BLOCKED_AFTER && !this.#isPolling) {
      this.#isPolling = true;
      void this.#poll();
    }
    const before = this.status;
    if (state === "connected") this.status = { state, transport: "socket" };
    else if (this.#isPolling && this.#reached) this.status = { state: "connected", transport: "poll" };
    else this.status = { state, stopped };
    if (before.state !== this.status.state || before.transport !== this.status.transport || stopped) {
      this.emit("status", this.status);
      if (this.status.transport === "poll") this.outbox.flush();
    }
  }

  /** One poll for each lane of each room while it is called for; called anew when the rooms change. */
  async #poll(): Promise<void> {
    const fallback = await this.#fallback;
    this.#endPolls();
    if (!this.#isPolling || !fallback) return;
    const onReach = (reached: boolean): void => {
      this.#reached = reached;
      this.#statusChanged();
    };
    for (const room of this.rooms.values()) {
      for (const lane of this.lanes) {
        this.#polls.push(fallback.pollLane({ rest: this.rest, clock: this.clock, room, lane, onReach }));
      }
    }
    const { poll } = this.options;
    if (poll) this.#polls.push(fallback.repeatedly(this.clock, onReach, () => poll().then(() => POLL_MS)));
  }

  #endPolls(): void {
    for (const end of this.#polls.splice(0)) end();
  }
}

/** An entry of the log by its number, so that one of a type that is not known here still counts. */
function isEntry(event: ServerEvent): event is LogEntry {
  return "seq" in event && "conversation_id" in event && event.type !== "ack";
}
