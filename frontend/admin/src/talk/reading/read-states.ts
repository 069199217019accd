import { backoff } from "@fireside/shared/line/backoff";
import { systemClock } from "@fireside/shared/line/clock";
import { asChatError } from "@fireside/shared/line/errors";
import type { Rest } from "@fireside/shared/line/rest";
import type { ReadState, ReadStates as Answer } from "@fireside/shared/protocol/rest";
import { KeyedStore } from "../../ui/keyed-store";

/** Conversations of one request, as many as its address may have. */
const MOST_AT_ONCE = 100;
/** Rows that come into view together are asked for together. */
const GATHER_MS = 20;

const NEVER = { read_seq: 0, team_read_seq: 0, unread_from: null, version: 0 } as const;

/**
 * How far this agent has read each conversation, the same in all of their tabs: the server tells every change of it, and what
 * was before is asked for once somebody watches. Marks only grow, and what was put back as unread has a version, so it does
 * not matter in which order news come.
 */
export class ReadStates extends KeyedStore<string, ReadState> {
  readonly #watched = new Map<string, number>();
  readonly #known = new Set<string>();
  readonly #wanted = new Set<string>();
  readonly #anyListeners = new Set<() => void>();
  #isAsking = false;
  #changes = 0;

  constructor(readonly rest: Pick<Rest, "get">) {
    super();
  }

  override set(id: string, state: ReadState | undefined): void {
    if (state) this.#known.add(id);
    else this.#known.delete(id);
    this.#changes++;
    super.set(id, state);
    for (const listener of this.#anyListeners) listener();
  }

  /** Takes what was told or read, in any order. */
  offer(state: ReadState): void {
    const id = state.conversation_id;
    const known = this.get(id) ?? state;
    const { unread_from, version } = known.version > state.version ? known : state;
    const read_seq = Math.max(known.read_seq, state.read_seq);
    const team_read_seq = Math.max(known.team_read_seq, state.team_read_seq);
    const news = { conversation_id: id, read_seq, team_read_seq, unread_from, version };
    const before = this.get(id);
    if (before && Object.entries(news).every(([name, value]) => before[name as keyof ReadState] === value))
      return;
    this.set(id, news);
  }

  /** Keeps the state of a conversation known, until the returned function is called. */
  watch(id: string): () => void {
    this.#watched.set(id, (this.#watched.get(id) ?? 0) + 1);
    if (!this.get(id)) this.#want(id);
    return () => {
      const left = (this.#watched.get(id) ?? 0) - 1;
      if (left > 0) this.#watched.set(id, left);
      else this.#watched.delete(id);
    };
  }

  /** Something may have changed that nobody told: what is watched is asked for anew, the rest once it is watched. */
  doubt(): void {
    for (const id of [...this.#known]) {
      if (!this.#watched.has(id)) this.set(id, undefined);
    }
    for (const id of this.#watched.keys()) this.#want(id);
  }

  /** The log was replaced, and the versions begin anew. */
  clear(): void {
    for (const id of [...this.#known]) this.set(id, undefined);
    this.doubt();
  }

  /** For whoever looks at many: told of each change, and a number that each change makes another. */
  subscribeToAll = (listener: () => void): (() => void) => {
    this.#anyListeners.add(listener);
    return () => this.#anyListeners.delete(listener);
  };

  changes = (): number => this.#changes;

  #want(id: string): void {
    this.#wanted.add(id);
    if (this.#isAsking) return;
    this.#isAsking = true;
    systemClock.after(GATHER_MS, () => void this.#ask());
  }

  async #ask(attempt = 0): Promise<void> {
    const ids = [...this.#wanted].slice(0, MOST_AT_ONCE);
    try {
      const path = `/chat/read-states?conversation_ids=${ids.join(",")}`;
      const { items } = await this.rest.get<Answer>(path);
      for (const id of ids) this.#wanted.delete(id);
      const found = new Set(items.map((state) => state.conversation_id));
      for (const state of items) this.offer(state);
      for (const id of ids) if (!found.has(id)) this.offer({ conversation_id: id, ...NEVER });
    } catch (error) {
      const { retryable, retryAfterMs = 0 } = asChatError(error);
      if (retryable) {
        const pause = Math.max(retryAfterMs, backoff(attempt, systemClock));
        systemClock.after(pause, () => void this.#ask(attempt + 1));
        return;
      }
      for (const id of ids) this.#wanted.delete(id);
    }
    this.#isAsking = this.#wanted.size > 0;
    if (this.#isAsking) void this.#ask();
  }
}
