import type { LaneName } from "@fireside/shared/protocol";
import type { Store } from "@fireside/shared/storage";

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
 * What was begun and not sent, one for each conversation, over reloads.
 * At most 200 are kept; the oldest goes first. Where storage is blocked, they last as long as the page.
 */
export class Drafts {
  readonly #drafts: Map<string, Stored>;

  constructor(
    readonly store: Store,
    readonly key: string,
    readonly now: () => number = Date.now,
  ) {
    this.#drafts = this.#load();
  }

  get(conversationId: string): Draft {
    const draft = this.#drafts.get(conversationId);
    return draft ? { text: draft.text, lane: draft.lane } : EMPTY;
  }

  set(conversationId: string, draft: Draft): void {
    // Another tab may have written meanwhile: only this conversation is ours to change.
    for (const [id, other] of this.#load()) if (id !== conversationId) this.#drafts.set(id, other);
    this.#drafts.delete(conversationId);
    if (draft.text !== "" || draft.lane !== EMPTY.lane) {
      this.#drafts.set(conversationId, { ...draft, at: this.now() });
    }
    const kept = [...this.#drafts].sort(([, one], [, other]) => other.at - one.at).slice(0, MOST_KEPT);
    this.store.set(this.key, JSON.stringify(Object.fromEntries(kept)));
  }

  #load(): Map<string, Stored> {
    try {
      return new Map(Object.entries(JSON.parse(this.store.get(this.key) ?? "{}")));
    } catch {
      // Someone else's data under our key; drafts begin anew.
      return new Map();
    }
  }
}
