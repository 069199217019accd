/** Storage that survives a reload. `localStorage` fits; so does a Map where the browser blocks storage. */
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
    // Null in web views without it. One that is full can still be read.
    return new ItemStore(localStorage ?? undefined);
  } catch {
    return new ItemStore();
  }
}

/** Over `localStorage`, whose items are its properties; or over an object, for as long as the page lives. */
export class ItemStore implements Store {
  constructor(readonly items: Record<string, string> = {}) {}

  get(key: string): string | null {
    return this.items[key] ?? null;
  }

  set(key: string, value: string): boolean {
    try {
      this.items[key] = value;
      return true;
    } catch {
      return false;
    }
  }

  remove(key: string): void {
    delete this.items[key];
  }

  keys(): string[] {
    return Object.keys(this.items);
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
