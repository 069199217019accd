import type { Store } from "@fireside/shared/line/storage";
import { isEmpty, type Record, recordOf, type StoredRecord, storedOf } from "./record";

const MOST_KEPT = 200;

/**
 * The drafts of one agent in this browser, over reloads and while offline. `localStorage` and not IndexedDB, for it has
 * written when it returns: a tab that is closed with the last key still down loses nothing. The oldest go when there
 * are more than 200. If storage is blocked, they last as long as the page.
 */
export class KeptRecords {
  readonly #prefix: string;

  constructor(
    readonly store: Store,
    agentId: number,
    readonly now: () => number,
    readonly fresh: () => string,
  ) {
    this.#prefix = `fireside.draft.${agentId}.`;
    this.#forgetOldest();
  }

  ids(): string[] {
    return this.#keys().map((key) => key.slice(this.#prefix.length));
  }

  get(conversationId: string): Record | undefined {
    return this.#read(this.#prefix + conversationId)?.record;
  }

  set(conversationId: string, record: Record): void {
    const key = this.#prefix + conversationId;
    const { message, isTouched, asides } = record;
    const isNothing = isEmpty(message) && message.lane === "public" && !isTouched && asides.length === 0;
    if (isNothing) return this.store.remove(key);
    this.store.set(key, JSON.stringify(storedOf(record, this.now())));
  }

  #keys(): string[] {
    return this.store.keys().filter((key) => key.startsWith(this.#prefix));
  }

  #forgetOldest(): void {
    const keys = this.#keys();
    if (keys.length <= MOST_KEPT) return;
    const age = (key: string) => this.#read(key)?.at ?? 0;
    for (const key of keys.sort((one, other) => age(other) - age(one)).slice(MOST_KEPT))
      this.store.remove(key);
  }

  #read(key: string): { record: Record; at: number } | undefined {
    try {
      const stored = JSON.parse(this.store.get(key) ?? "null") as StoredRecord;
      return { record: recordOf(stored, this.fresh), at: stored.at };
    } catch {
      // Someone else's data under our key.
      return undefined;
    }
  }
}
