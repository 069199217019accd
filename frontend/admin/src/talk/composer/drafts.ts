import type { Store } from "@fireside/shared/line/storage";
import {
  fromStored,
  type NewMessage,
  type StoredMessage,
  textMessage,
  toStored,
} from "@fireside/shared/log/new-message";

interface Stored extends StoredMessage {
  at: number;
}

const EMPTY = textMessage("");
const MOST_KEPT = 200;

/**
 * Texts begun and not sent, one for each conversation, over reloads. The oldest go when there are more
 * than 200. If storage is blocked, they last as long as the page.
 */
export class Drafts {
  readonly #prefix: string;

  constructor(
    readonly store: Store,
    agentId: number,
    readonly now: () => number = Date.now,
  ) {
    this.#prefix = `fireside.draft.${agentId}.`;
    this.#forgetOldest();
  }

  get(conversationId: string): NewMessage {
    return this.#read(this.#prefix + conversationId)?.draft ?? EMPTY;
  }

  set(conversationId: string, draft: NewMessage): void {
    const key = this.#prefix + conversationId;
    if (JSON.stringify(draft) === JSON.stringify(EMPTY)) return this.store.remove(key);
    this.store.set(key, JSON.stringify({ ...toStored(draft), at: this.now() } satisfies Stored));
  }

  #forgetOldest(): void {
    const keys = this.store.keys().filter((key) => key.startsWith(this.#prefix));
    if (keys.length <= MOST_KEPT) return;
    const age = (key: string) => this.#read(key)?.at ?? 0;
    for (const key of keys.sort((one, other) => age(other) - age(one)).slice(MOST_KEPT))
      this.store.remove(key);
  }

  #read(key: string): { draft: NewMessage; at: number } | undefined {
    try {
      const stored = JSON.parse(this.store.get(key) ?? "null") as Stored;
      return { draft: fromStored(stored), at: stored.at };
    } catch {
      // Someone else's data under our key.
      return undefined;
    }
  }
}
