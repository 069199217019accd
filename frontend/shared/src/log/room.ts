import { backoff } from "../line/backoff";
import type { Cancel, Clock } from "../line/clock";
import {
  type Action,
  type ConversationState,
  emptyConversation,
  holes,
  type Joined,
  nextExpiry,
  type Pending,
  reduce,
} from "./conversation";
import { asChatError, type ChatError } from "../line/errors";
import { MarkSignal } from "./marks";
import type { NewMessage } from "./new-message";
import type { Outbox } from "./outbox";
import type { LaneName, Presence, Resumed, Since } from "../protocol";
import type { EntryPage } from "../protocol/rest";
import type { Answer, Question, Signal } from "../line/requests";
import type { Rest } from "../line/rest";
import { laneToExtend } from "./timeline";
import { TypingSignal } from "../people/typing";

const PAGE = 50;
/** Entries that are only announced are usually on their way; a hole is asked for after so long. */
const PATIENCE_MS = 1_000;

/** The client that holds a room, as far as the room needs it. */
export interface Link {
  clock: Clock;
  rest: Rest;
  outbox: Outbox;
  lanes: readonly LaneName[];
  isConnected(): boolean;
  request<Q extends Question>(question: Q): Promise<Answer<Q>>;
  signal(signal: Signal): void;
  heard(news: readonly Presence[]): void;
}

/** `gone`: it does not exist, or not for this person. */
export type Phase = "loading" | "ready" | "failed" | "gone";

export interface RoomView {
  conversation: ConversationState;
  phase: Phase;
  /** Why loading failed; it is tried again by itself. */
  error?: ChatError | undefined;
  loadingOlder: boolean;
  hasOlder: boolean;
  /** The socket follows it, so marks, typing and presence are known. */
  isJoined: boolean;
}

/** The live side of one conversation in this client. `subscribe` and `view` fit `useSyncExternalStore`. */
export class Room {
  view: RoomView;
  readonly typing: TypingSignal;
  #listeners = new Set<() => void>();
  #healing = new Set<LaneName>();
  #expiry: Cancel = () => {};
  readonly marks: MarkSignal;
  #retry: Cancel = () => {};
  #attempt = 0;
  #left = false;
  /** The log that our entries are of; unknown where the server does not tell. */
  #epoch: string | undefined;
  /** Counts the logs that we began to load: what was asked of an earlier one is void. */
  #log = 0;

  constructor(
    readonly id: string,
    readonly link: Link,
  ) {
    this.view = {
      conversation: emptyConversation(id),
      phase: "loading",
      loadingOlder: false,
      hasOlder: false,
      isJoined: false,
    };
    this.typing = new TypingSignal(link.clock, (on) =>
      link.signal({ type: on ? "typing_start" : "typing_stop", conversation_id: id }),
    );
    this.marks = new MarkSignal(link.clock, (type, seq) => link.signal({ type, conversation_id: id, seq }));
    this.pendingChanged();
    void this.#load();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  getView = (): RoomView => this.view;

  /** Shows the message at once and sends it as soon as can be; throws `outbox_full`. */
  /** Sends a message; with the id of its draft, which ends when the message has been stored. */
  send(message: NewMessage, clientMsgId?: string): string {
    this.typing.stop();
    return this.link.outbox.add(this.id, message, clientMsgId).client_msg_id;
  }

  /** Marks all that has come as read. Call it when a person sees the end of the conversation. */
  markRead(): void {
    this.marks.read(this.#last);
  }

  async loadOlder(): Promise<void> {
    const lane = laneToExtend(this.view.conversation, this.link.lanes);
    if (!lane || this.view.loadingOlder || this.view.phase !== "ready") return;
    this.#show({ loadingOlder: true });
    try {
      const page = await this.#page(lane.name, lane.first);
      if (this.accepts(page.epoch)) this.dispatch({ type: "page", lane: lane.name, entries: page.items });
    } finally {
      this.#show({ loadingOlder: false });
    }
  }

  /** The position to resume from; undefined until the first page came. */
  position(): Since | undefined {
    const { public: open, team } = this.view.conversation.lanes;
    if (open.last === null) return undefined;
    return {
      since: open.last,
      team_since: team.last ?? undefined,
      epoch: this.#epoch,
      message_id: open.lastId,
      team_message_id: team.lastId,
    };
  }

  /**
   * Takes notice of the epoch that something came with. Another one means that the log was replaced, by a restore or a
   * failover: what we have is void whatever its numbers, and is loaded anew.
   */
  accepts(epoch: string | undefined): boolean {
    if (epoch === undefined || epoch === this.#epoch) return true;
    if (this.#epoch === undefined) {
      this.#epoch = epoch;
      return true;
    }
    this.#reset();
    return false;
  }

  #reset(): void {
    this.#epoch = undefined;
    this.#log++;
    this.marks.reset();
    this.dispatch({ type: "reset" });
    this.#show({ isJoined: false });
    void this.#load();
  }

  /** The socket is up; `resumed` says how the server took our position, if we gave one. */
  connected(resumed?: Resumed): void {
    if (resumed?.status === "forbidden") return this.#show({ phase: "gone" });
    if (resumed?.status === "reset") {
      this.#reset();
    } else if (resumed?.marks && resumed.typing) {
      const { marks, typing, ...heads } = resumed;
      if (this.accepts(resumed.epoch)) this.#joined({ ...heads, marks, typing });
    } else if (this.view.phase === "ready") {
      void this.#join();
    } else if (this.view.phase === "failed") {
      void this.#load();
    }
  }

  dispatch(action: Action): void {
    const conversation = reduce(this.view.conversation, action);
    this.#show({ conversation, hasOlder: laneToExtend(conversation, this.link.lanes) !== undefined });
    if (action.type === "entries" || action.type === "page") this.#logged();
    this.#expire();
    this.#heal();
  }

  pendingChanged(): void {
    const pending = this.link.outbox
      .of(this.id)
      .map(({ message, client_msg_id, at, state, error }): Pending => ({
        ...message,
        kind: "pending",
        client_msg_id,
        at,
        state,
        error,
      }));
    this.dispatch({ type: "pending", pending });
  }

  leave(): void {
    this.#left = true;
    this.typing.stop();
    this.#expiry();
    this.#retry();
    this.marks.stop();
    if (this.link.isConnected()) {
      this.link.request({ type: "leave_conversation", conversation_id: this.id }).catch(() => {});
    }
  }

  async #load(): Promise<void> {
    const { lanes } = this.link;
    const log = this.#log;
    this.#show({ phase: "loading" });
    try {
      const pages = await Promise.all(lanes.map((lane) => this.#page(lane)));
      if (this.#left || log !== this.#log || !pages.every(({ epoch }) => this.accepts(epoch))) return;
      lanes.forEach((lane, index) => {
        const { items, head } = pages[index]!;
        this.dispatch({ type: "page", lane, entries: items, head });
      });
      this.#succeeded();
      if (this.link.isConnected()) void this.#join();
    } catch (error) {
      if (log === this.#log) this.#failed(asChatError(error), () => void this.#load());
    }
  }

  async #join(): Promise<void> {
    try {
      const question = { type: "join_conversation", conversation_id: this.id, ...this.position() } as const;
      const ack = await this.link.request(question);
      if (this.#left) return;
      if (ack.status === "reset") return this.#reset();
      if (!this.accepts(ack.epoch)) return;
      this.#joined(ack);
      this.link.heard(ack.presence);
    } catch (error) {
      const refusal = asChatError(error);
      if (refusal.code !== "disconnected") this.#failed(refusal, () => void this.#join());
    }
  }

  #joined(as: Joined): void {
    this.#succeeded();
    this.dispatch({ type: "joined", as, now: this.link.clock.now() });
    this.#show({ isJoined: true });
    this.marks.delivered(this.#last);
    this.marks.tell();
  }

  get #last(): number {
    return this.view.conversation.lanes.public.last ?? 0;
  }

  #succeeded(): void {
    this.#attempt = 0;
    this.#show({ phase: "ready", error: undefined });
  }

  #failed(error: ChatError, again: () => void): void {
    if (this.#left) return;
    if (!error.retryable) return this.#show({ phase: error.code === "not_found" ? "gone" : "failed", error });
    // Loaded once, a conversation stays in view while its connection is mended.
    this.#show(this.view.phase === "ready" ? { error } : { phase: "failed", error });
    this.#retry();
    this.#retry = this.link.clock.after(
      Math.max(error.retryAfterMs ?? 0, PATIENCE_MS + backoff(this.#attempt++, this.link.clock)),
      again,
    );
  }

  #page(lane: LaneName, before?: number): Promise<EntryPage> {
    const from = before === undefined ? "" : `&before=${before}`;
    return this.link.rest.get<EntryPage>(
      `/chat/conversations/${this.id}/messages?limit=${PAGE}&lane=${lane}${from}`,
    );
  }

  #logged(): void {
    const { lanes } = this.view.conversation;
    for (const { message, client_msg_id } of this.link.outbox.of(this.id)) {
      // One whose entry waits behind a hole is not in the log to be seen, and must not vanish meanwhile.
      const isShown = lanes[message.lane].items.some((item) => item.client_msg_id === client_msg_id);
      if (isShown) this.link.outbox.remove(client_msg_id);
    }
    if (this.view.isJoined) this.marks.delivered(this.#last);
  }

  /** Asks for what is missing: at once where a later entry proves the hole, else after a moment; again until it is whole. */
  #heal(): void {
    for (const { lane, certain } of holes(this.view.conversation)) {
      if (this.#healing.has(lane)) continue;
      this.#healing.add(lane);
      this.link.clock.after(certain ? 0 : PATIENCE_MS, () => void this.#sync(lane));
    }
  }

  async #sync(lane: LaneName): Promise<void> {
    const hole = holes(this.view.conversation).find((missing) => missing.lane === lane);
    if (hole && this.link.isConnected() && !this.#left) {
      await this.link
        .request({
          type: "sync",
          conversation_id: this.id,
          since: hole.since,
          lane,
        })
        .catch(() => {});
    }
    this.link.clock.after(PATIENCE_MS, () => {
      this.#healing.delete(lane);
      if (this.link.isConnected() && !this.#left) this.#heal();
    });
  }

  #expire(): void {
    this.#expiry();
    const next = nextExpiry(this.view.conversation);
    if (next === undefined) return;
    const { clock } = this.link;
    this.#expiry = clock.after(Math.max(0, next - clock.now()), () => {
      this.dispatch({ type: "tick", now: clock.now() });
    });
  }

  #show(change: Partial<RoomView>): void {
    this.view = { ...this.view, ...change };
    for (const listener of [...this.#listeners]) listener();
  }
}
