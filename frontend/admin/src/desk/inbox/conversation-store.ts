import type { Conversation, ConversationStatus, Sort } from "@fireside/shared/protocol";

/**
 * All conversations that this tab knows, from REST and from the socket alike: the larger version wins,
 * so it does not matter which of the two comes first.
 *
 * Listeners are told once for many changes (`schedule`): 200 messages a second are 60 renderings, not 200.
 */
export class ConversationStore {
  readonly #known = new Map<string, Conversation>();
  /** Of those that are shown as they will be, how the server has told them. */
  readonly #told = new Map<string, Conversation>();
  readonly #lists = new Map<ConversationStatus, readonly Conversation[]>();
  readonly #matching = new Map<string, readonly Conversation[]>();
  readonly #listeners = new Set<() => void>();
  #scheduled = false;
  #generation = 0;

  constructor(readonly schedule: (notify: () => void) => void = (notify) => setTimeout(notify, 16)) {}

  /** Take what is newer than what is known. */
  upsert(conversations: readonly Conversation[]): void {
    let isNews = false;
    for (const conversation of conversations) {
      const known = this.#known.get(conversation.id);
      if (known && known.version >= conversation.version) continue;
      this.#known.set(conversation.id, conversation);
      this.#told.delete(conversation.id);
      isNews = true;
    }
    if (isNews) this.#changed();
  }

  /**
   * Shows what a request is about to make of a conversation; whatever the server says of it afterwards wins. The answer
   * brings back how it was, for a request that failed, unless the server has said something since.
   */
  foresee(wanted: Conversation): () => void {
    const { id } = wanted;
    const told = this.#told.get(id) ?? this.#known.get(id);
    if (told) this.#told.set(id, told);
    this.#known.set(id, wanted);
    this.#changed();
    return () => {
      const told = this.#told.get(id);
      if (!told) return;
      this.#told.delete(id);
      this.#known.set(id, told);
      this.#changed();
    };
  }

  /** Forget the others: of what else was known, nobody says whether it is still there for us. */
  retain(isKept: (id: string) => boolean): void {
    for (const id of [...this.#known.keys()]) {
      if (!isKept(id)) this.#known.delete(id);
    }
    this.#generation++;
    this.#changed();
  }

  /** Forget all: the server's log was replaced, and its versions begin anew. */
  clear(): void {
    this.#known.clear();
    this.#generation++;
    this.#told.clear();
    this.#changed();
  }

  /** Counts how often something was forgotten: what was read before is to be read anew. */
  generation = (): number => this.#generation;

  get = (id: string): Conversation | undefined => this.#known.get(id);

  /** Conversations of a status in which anything has happened, the newest message first. */
  list(status: ConversationStatus): readonly Conversation[] {
    const cached = this.#lists.get(status);
    if (cached) return cached;
    const list = [...this.#known.values()]
      .filter((conversation) => conversation.status === status && isListed(conversation))
      .sort(byActivity);
    this.#lists.set(status, list);
    return list;
  }

  /**
   * Conversations of a view in which anything has happened, in its order. `key` names the view with its order: the list is
   * kept under it until something changes.
   */
  matching(
    key: string,
    belongs: (conversation: Conversation) => boolean,
    sort: Sort,
  ): readonly Conversation[] {
    const cached = this.#matching.get(key);
    if (cached) return cached;
    const list = [...this.#known.values()]
      .filter((conversation) => isListed(conversation) && belongs(conversation))
      .sort(ORDERS[sort]);
    this.#matching.set(key, list);
    return list;
  }

  /** The time of the last change that is known, by the server's clock; undefined while nothing is. */
  latestUpdate(): number | undefined {
    if (this.#known.size === 0) return undefined;
    return Math.max(...[...this.#known.values()].map(({ updated_at }) => Date.parse(updated_at)));
  }

  /** Open conversations that hold something unread. */
  unreadConversations(): number {
    return this.list("open").reduce((count, { unread }) => count + (unread > 0 ? 1 : 0), 0);
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #changed(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.schedule(() => {
      this.#scheduled = false;
      // The lists keep their identity between two notices, as React asks of a snapshot.
      this.#lists.clear();
      this.#matching.clear();
      for (const listener of this.#listeners) listener();
    });
  }
}

/** A visitor who only opened the widget asks for nothing; the server does not list them either. */
function isListed({ last_seq, team_last_seq }: Conversation): boolean {
  return last_seq > 0 || team_last_seq > 0;
}

const activities = new WeakMap<Conversation, number>();

/** When somebody last wrote: reading, assigning and closing do not move a conversation. */
export function activity(conversation: Conversation): number {
  // Sorting thousands asks for it tens of thousands of times.
  let time = activities.get(conversation);
  if (time === undefined) {
    time = Date.parse(conversation.last_message?.created_at ?? conversation.created_at);
    activities.set(conversation, time);
  }
  return time;
}

/** Whoever has waited longest first, then those who do not wait. */
function byWait(one: Conversation, other: Conversation): number {
  const [since, otherSince] = [one.waiting_since, other.waiting_since];
  if (since === null || otherSince === null) {
    return Number(since === null) - Number(otherSince === null) || byActivity(one, other);
  }
  return Date.parse(since) - Date.parse(otherSince) || (one.id < other.id ? -1 : 1);
}

export const ORDERS: Record<Sort, (one: Conversation, other: Conversation) => number> = {
  activity: byActivity,
  waiting: byWait,
};

function byActivity(one: Conversation, other: Conversation): number {
  return activity(other) - activity(one) || (one.id < other.id ? 1 : -1);
}
