import type { ChatClient } from "@fireside/shared/chat";
import type { View } from "@fireside/shared/protocol";

export interface ViewsState {
  /** In the order in which they are shown; undefined until the server has told them. */
  views: readonly View[] | undefined;
  counts: Readonly<Record<string, number>>;
}

/** The views that the agent has, and how many conversations each holds; told whole after every connection. */
export class ViewStore {
  #state: ViewsState = { views: undefined, counts: {} };
  readonly #listeners = new Set<() => void>();

  constructor(readonly chat: ChatClient) {}

  /** Follows from the next connection on; returns how to stop. */
  start(): () => void {
    const stops = [
      this.chat.on("open", () => void this.#follow()),
      this.chat.on("event", (event) => {
        if (event.type === "views") this.#set({ views: event.items });
        if (event.type === "view_counts") this.#set({ counts: event.counts });
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }

  get = (): ViewsState => this.#state;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** A connection that ends meanwhile brings us back by opening again; an older server knows no views. */
  async #follow(): Promise<void> {
    await this.chat.request({ type: "follow_views" }).catch(() => {});
  }

  #set(news: Partial<ViewsState>): void {
    this.#state = { ...this.#state, ...news };
    for (const listener of this.#listeners) listener();
  }
}
