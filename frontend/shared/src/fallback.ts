import { backoff } from "./backoff";
import type { Clock } from "./clock";
import { asChatError } from "./errors";
import type { LaneName, LogEntry } from "./protocol";
import type { Rest } from "./rest";

const WAIT_SECONDS = 25;
/** Pause after a poll that brought nothing sooner than promised, and while there is nothing to poll from. */
const IDLE_MS = 1_000;

export interface PollerOptions {
  rest: Rest;
  clock: Clock;
  conversationId: string;
  lane: LaneName;
  /** The last entry that was applied; null while the conversation is not loaded yet. */
  since(): number | null;
  onEntries(entries: LogEntry[], head: number): void;
  /** Whether the server could be reached. */
  onReach(reached: boolean): void;
}

interface Events {
  items: LogEntry[];
  head: number;
}

/** Follows one lane by long polling, for networks that block WebSockets. */
export class Poller {
  #abort = new AbortController();
  #failures = 0;
  #reached = false;

  constructor(readonly options: PollerOptions) {
    void this.#run();
  }

  stop(): void {
    this.#abort.abort();
  }

  async #run(): Promise<void> {
    while (!this.#abort.signal.aborted) {
      const pause = await this.#poll();
      if (pause > 0) await this.#sleep(pause);
    }
  }

  /** Polls once; returns how long to pause before the next time, in milliseconds. */
  async #poll(): Promise<number> {
    const { rest, clock, conversationId, lane, since, onEntries, onReach } = this.options;
    const from = since();
    if (from === null) return IDLE_MS;
    const started = clock.now();
    try {
      // The first poll does not wait, so that we soon know whether this way works.
      const wait = this.#reached ? WAIT_SECONDS : 0;
      const query = `since=${from}&wait=${wait}${lane === "team" ? "&lane=team" : ""}`;
      const { items, head } = await rest.get<Events>(
        `/chat/conversations/${conversationId}/events?${query}`,
        this.#abort.signal,
      );
      if (this.#abort.signal.aborted) return 0;
      this.#failures = 0;
      this.#reached = true;
      onReach(true);
      onEntries(items, head);
      return items.length || wait === 0 || clock.now() - started > IDLE_MS ? 0 : IDLE_MS;
    } catch (error) {
      if (this.#abort.signal.aborted) return 0;
      onReach(false);
      this.#reached = false;
      return Math.max(asChatError(error).retryAfterMs ?? 0, IDLE_MS + backoff(this.#failures++, clock));
    }
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.options.clock.after(ms, resolve);
      this.#abort.signal.addEventListener("abort", () => {
        cancel();
        resolve();
      });
    });
  }
}
