import type { Store } from "@fireside/shared/line/storage";
import { useCallback, useState, useSyncExternalStore } from "react";
import { browserStore } from "@fireside/shared/line/storage";
import { provided } from "../ui/provided";

export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };

/** How they travel: all that one has, by name. */
export interface Stored {
  version: number;
  values: Readonly<Record<string, Value>>;
}

/** Where they are kept for all of one's browsers. */
export interface Remote {
  load(): Promise<Stored>;
  /** Changes some; null takes one away, and those not named stay. */
  save(values: Readonly<Record<string, Value>>): Promise<Stored>;
}

/**
 * What one agent has chosen, the same in all of their browsers. This browser keeps a copy, so that it is there at once
 * and without a connection; a choice that did not reach the server is kept until it does.
 */
export class Preferences {
  #stored: Stored;
  #unsaved: Readonly<Record<string, Value>>;
  #saving: Promise<void> | undefined;
  readonly #key: string;
  readonly #listeners = new Set<() => void>();

  constructor(
    readonly remote: Remote,
    readonly store: Store,
    agentId: number,
  ) {
    this.#key = `fireside.preferences.${agentId}`;
    const { version = 0, values = {}, unsaved = {} } = this.#read();
    this.#stored = { version, values };
    this.#unsaved = unsaved;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  get(name: string): Value | undefined {
    const value = name in this.#unsaved ? this.#unsaved[name] : this.#stored.values[name];
    return value ?? undefined;
  }

  /** Null takes the choice back. */
  set(name: string, value: Value): void {
    this.#unsaved = { ...this.#unsaved, [name]: value };
    this.#changed();
    void this.#save();
  }

  /** After each connecting, for what other browsers have chosen meanwhile and what ours could not tell. */
  async sync(): Promise<void> {
    try {
      this.#take(await this.remote.load());
    } catch {
      // The next connection brings us back here.
      return;
    }
    await this.#save();
  }

  /** Another of one's tabs or browsers has made this version. */
  heard(version: number): void {
    if (version > this.#stored.version) void this.sync();
  }

  /** One at a time: what is chosen while an earlier choice is on its way goes after it. */
  #save(): Promise<void> {
    this.#saving ??= this.#saveAll().finally(() => {
      this.#saving = undefined;
    });
    return this.#saving;
  }

  async #saveAll(): Promise<void> {
    // A tick later, so that choices made together go together.
    await Promise.resolve();
    while (Object.keys(this.#unsaved).length > 0) {
      const sent = this.#unsaved;
      let stored: Stored;
      try {
        stored = await this.remote.save(sent);
      } catch {
        return;
      }
      const left = Object.entries(this.#unsaved).filter(([name, value]) => sent[name] !== value);
      this.#unsaved = Object.fromEntries(left);
      this.#take(stored);
    }
  }

  #take(stored: Stored): void {
    if (stored.version < this.#stored.version) return;
    this.#stored = stored;
    this.#changed();
  }

  #changed(): void {
    this.store.set(this.#key, JSON.stringify({ ...this.#stored, unsaved: this.#unsaved }));
    for (const listener of this.#listeners) listener();
  }

  #read(): Partial<Stored> & { unsaved?: Record<string, Value> } {
    try {
      return (JSON.parse(this.store.get(this.#key) ?? "{}") as object | null) ?? {};
    } catch {
      // Someone else's data under our key.
      return {};
    }
  }
}

export const [PreferencesProvider, usePreferences] = provided<Preferences>("the preferences");

/** A choice of the agent, in all of their browsers. */
export function usePreference<Kind extends Value>(
  name: string,
  byDefault: Kind,
): [Kind, (value: Kind | null) => void] {
  const preferences = usePreferences();
  const value = useSyncExternalStore(preferences.subscribe, () => preferences.get(name));
  const set = useCallback((chosen: Kind | null) => preferences.set(name, chosen), [preferences, name]);
  const isOfKind = value !== undefined && typeof value === typeof byDefault;
  return [isOfKind ? (value as Kind) : byDefault, set];
}

const browser = browserStore();

/** A choice that this browser remembers for itself: how its window is laid out, say. */
export function useRemembered(name: string, byDefault: boolean): [boolean, (value: boolean) => void] {
  const key = `fireside.${name}`;
  const [value, setValue] = useState(() => (browser.get(key) ?? String(byDefault)) === "true");
  return [
    value,
    (chosen) => {
      browser.set(key, String(chosen));
      setValue(chosen);
    },
  ];
}
