import { useCallback, useSyncExternalStore } from "react";

/** Values by key that change from outside React; a component is rendered again for its own key only. */
export class KeyedStore<Key, Value> {
  readonly #values = new Map<Key, Value>();
  readonly #listeners = new Map<Key, Set<() => void>>();

  get(key: Key): Value | undefined {
    return this.#values.get(key);
  }

  set(key: Key, value: Value | undefined): void {
    if (value === undefined) this.#values.delete(key);
    else this.#values.set(key, value);
    for (const listener of this.#listeners.get(key) ?? []) listener();
  }

  subscribe(key: Key, listener: () => void): () => void {
    const listeners = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(key) === listeners) this.#listeners.delete(key);
    };
  }
}

export function useKeyed<Key, Value>(store: KeyedStore<Key, Value>, key: Key): Value | undefined {
  const subscribe = useCallback((listener: () => void) => store.subscribe(key, listener), [store, key]);
  return useSyncExternalStore(subscribe, () => store.get(key));
}
