import type { Store } from "@fireside/shared/line/storage";
import type { LaneName } from "@fireside/shared/protocol";

export interface Draft {
  text: string;
  lane: LaneName;
}

interface Stored extends Draft {
  at: number;
}

const EMPTY: Draft = { text: "", lane: "public" };
const MOST_KEPT = 200;

/**
 * Texts begun and not sent, one for each conversation, over reloads. The oldest go when there are more
 * than 200. Where storage is blocked, they last as long as the page.
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

  get(conversationId: string): Draft {
    const { text, lane } = this.#read(this.#prefix + conversationId) ?? EMPTY;
    return { text, lane };
  }

  set(conversationId: string, draft: Draft): void {
    const key = this.#prefix + conversationId;
    if (draft.text === "" && draft.lane === EMPTY.lane) return this.store.remove(key);
    this.store.set(key, JSON.stringify({ ...draft, at: this.now() } satisfies Stored));
  }

  #forgetOldest(): void {
    const keys = this.store.keys().filter((key) => key.startsWith(this.#prefix));
    if (keys.length <= MOST_KEPT) return;
    const age = (key: string) => this.#read(key)?.at ?? 0;
    for (const key of keys.sort((one, other) => age(other) - age(one)).slice(MOST_KEPT))
      this.store.remove(key);
  }

  #read(key: string): Stored | undefined {
    try {
      return JSON.parse(this.store.get(key) ?? "null") ?? undefined;
    } catch {
      // Someone else's data under our key.
      return undefined;
    }
  }
}
