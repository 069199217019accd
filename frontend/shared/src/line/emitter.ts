import type { Cancel } from "./clock";

/** Listeners by event; `Events` maps the name of each to what it brings. */
export class Emitter<Events> {
  #listeners: { [K in keyof Events]?: Set<(news: Events[K]) => void> } = {};

  on<K extends keyof Events>(type: K, listener: (news: Events[K]) => void): Cancel {
    const listeners = (this.#listeners[type] ??= new Set());
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  emit<K extends keyof Events>(type: K, news: Events[K]): void {
    // A copy: whoever is told may leave, or bring others.
    for (const listener of [...(this.#listeners[type] ?? [])]) listener(news);
  }
}
