/** What one tab tells the others of its browser. */
export type TabMessage =
  { type: "seen"; conversation_id: string | null; through: number } | { type: "sound"; occasion: string };

/** Milliseconds for which the occasion of a sound stays taken, for tabs that hear of it later. */
const TAKEN_MS = 3_000;

/** This browser's tabs of one agent: one of them leads, and what one tells, the others hear. */
export class Tabs {
  readonly #name: string;
  readonly #channel: BroadcastChannel;
  readonly #end = new AbortController();
  /** Without locks, as on a page without TLS, each tab leads, and the server lets one of them ring first. */
  leads = !navigator.locks;

  constructor(agentId: number, hear: (message: TabMessage) => void, onLeading: () => void) {
    this.#name = `fireside.notifications.${agentId}`;
    this.#channel = new BroadcastChannel(this.#name);
    this.#channel.onmessage = ({ data }: MessageEvent<TabMessage>) => hear(data);
    const { signal } = this.#end;
    const ended = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    // Held as long as this tab lives: the browser gives it to the next one within moments of the end, crash or not.
    navigator.locks
      ?.request(this.#name, { signal }, () => {
        this.leads = true;
        onLeading();
        return ended;
      })
      // Stopped while it was waiting.
      .catch(() => {});
  }

  tell(message: TabMessage): void {
    this.#channel.postMessage(message);
  }

  /** Runs `task` in one of the tabs that call this for the occasion. */
  async once(occasion: string, task: () => void): Promise<void> {
    await navigator.locks?.request(`${this.#name} ${occasion}`, { ifAvailable: true }, async (lock) => {
      if (!lock) return;
      task();
      await new Promise((done) => setTimeout(done, TAKEN_MS));
    });
  }

  stop(): void {
    this.#end.abort();
    this.#channel.close();
  }
}
