/** What survives a reload. `localStorage` fits; so does a Map where the browser blocks storage. */
export interface Store {
  get(key: string): string | null;
  /** False when there is no room; the caller goes on in memory. */
  set(key: string, value: string): boolean;
  remove(key: string): void;
  keys(): string[];
}

/** The browser's storage, or memory where it is blocked (third-party iframes, private windows). */
export function browserStore(): Store {
  try {
    const probe = "fireside.probe";
    localStorage.setItem(probe, "1");
    localStorage.removeItem(probe);
    return new WebStore(localStorage);
  } catch {
    return new MemoryStore();
  }
}

class WebStore implements Store {
  constructor(readonly storage: Storage) {}

  get(key: string): string | null {
    return this.storage.getItem(key);
  }

  set(key: string, value: string): boolean {
    try {
      this.storage.setItem(key, value);
      return true;
    } catch {
      return false;
    }
  }

  remove(key: string): void {
    this.storage.removeItem(key);
  }

  keys(): string[] {
    return Object.keys(this.storage);
  }
}

/** For as long as the page lives. */
export class MemoryStore implements Store {
  #values = new Map<string, string>();

  get(key: string): string | null {
    return this.#values.get(key) ?? null;
  }

  set(key: string, value: string): boolean {
    this.#values.set(key, value);
    return true;
  }

  remove(key: string): void {
    this.#values.delete(key);
  }

  keys(): string[] {
    return [...this.#values.keys()];
  }
}

/** A name for this tab that a reload keeps. */
export function tabName(fresh: () => string): string {
  const key = "fireside.tab";
  try {
    const name = sessionStorage.getItem(key) ?? fresh();
    sessionStorage.setItem(key, name);
    return name;
  } catch {
    return fresh();
  }
}
