import type { Rest } from "@fireside/shared/line/rest";
import type { Notification, ServerEvent } from "@fireside/shared/protocol";
import type { NotificationList, Ringing } from "@fireside/shared/protocol/rest";

const PATH = "/chat/me/notifications";
/** As many as the server lists. */
const MOST = 50;

export interface NotificationsState {
  status: "loading" | "failed" | "ready";
  /** The newest first. */
  items: readonly Notification[];
}

/** What this agent was told of lately, and what not and why. */
export class NotificationStore {
  #state: NotificationsState = { status: "loading", items: [] };
  /** The largest id seen, of a conversation or (null) of all: another tab may say so before we hear of the thing itself. */
  readonly #seenThrough = new Map<string | null, number>();
  readonly #listeners = new Set<() => void>();

  constructor(
    readonly rest: Pick<Rest, "get" | "send">,
    /** Called once for each that is new here. */
    readonly onNews: (notification: Notification) => void = () => {},
  ) {}

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  getState = (): NotificationsState => this.#state;

  /** After each connecting: what was told while there was no socket. */
  async load(): Promise<void> {
    try {
      this.#take((await this.rest.get<NotificationList>(PATH)).items);
    } catch {
      // The next connection brings us back here; what is known stays.
      if (this.#state.status === "loading") this.#change({ status: "failed", items: [] });
    }
  }

  hear(event: ServerEvent): void {
    if (event.type === "notified") this.#take([event.notification]);
    if (event.type === "notifications_seen") this.mark(event.conversation_id, event.through);
  }

  /**
   * Says that the agent has seen those of a conversation, or all; the other devices fall silent. Returns the largest id of
   * them, or undefined if there were none.
   */
  see(conversationId: string | null = null): number | undefined {
    const unseen = this.#state.items.filter(
      (item) => !item.is_seen && (conversationId === null || item.conversation_id === conversationId),
    );
    if (unseen.length === 0) return undefined;
    const through = Math.max(...unseen.map(({ id }) => id));
    this.mark(conversationId, through);
    // What does not arrive is seen again with the next one.
    this.rest.send("POST", `${PATH}/seen`, { through, conversation_id: conversationId }).catch(() => {});
    return through;
  }

  /** Another tab or device has seen them. */
  mark(conversationId: string | null, through: number): void {
    this.#seenThrough.set(conversationId, Math.max(through, this.#seenThrough.get(conversationId) ?? 0));
    const { items } = this.#state;
    this.#change({ ...this.#state, items: items.map((item) => this.#asSeen(item)) });
  }

  /** Whether this device is the one that rings at once. */
  async mayRing({ id }: Notification): Promise<boolean> {
    return (await this.rest.send<Ringing>("POST", `${PATH}/${id}/ring`, {})).is_first;
  }

  find(id: number): Notification | undefined {
    return this.#state.items.find((item) => item.id === id);
  }

  #take(items: readonly Notification[]): void {
    const known = new Map(this.#state.items.map((item) => [item.id, item]));
    const news = items.filter(({ id }) => !known.has(id));
    for (const item of items) {
      const isSeen = item.is_seen || (known.get(item.id)?.is_seen ?? false);
      known.set(item.id, this.#asSeen({ ...item, is_seen: isSeen }));
    }
    const sorted = [...known.values()].sort((one, other) => other.id - one.id).slice(0, MOST);
    this.#change({ status: "ready", items: sorted });
    for (const item of news) this.onNews(item);
  }

  #asSeen(item: Notification): Notification {
    if (item.is_seen) return item;
    const through = Math.max(
      this.#seenThrough.get(null) ?? 0,
      this.#seenThrough.get(item.conversation_id) ?? 0,
    );
    return item.id <= through ? { ...item, is_seen: true } : item;
  }

  #change(state: NotificationsState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
