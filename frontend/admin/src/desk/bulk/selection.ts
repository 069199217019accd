import type { Conversation } from "@fireside/shared/protocol";

/** What is selected in the list on the screen. */
export interface Selected {
  /** The list it was selected in; in another one nothing is. */
  list: string;
  ids: ReadonlySet<string>;
  /** All that belong to the list, whether or not they are here. */
  isAll: boolean;
}

export const NOTHING: Selected = { list: "", ids: new Set(), isAll: false };

type Rows = readonly Pick<Conversation, "id">[];

/** The conversations of the list that are to be changed together. */
export class Selection {
  #selected = NOTHING;
  /** From where a range is drawn. */
  #anchor: string | undefined;
  readonly #listeners = new Set<() => void>();

  get = (): Selected => this.#selected;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Takes one in, or out. */
  toggle(list: string, id: string): void {
    const ids = new Set(this.#in(list));
    if (!ids.delete(id)) ids.add(id);
    this.#anchor = id;
    this.#set({ list, ids, isAll: false });
  }

  /** Takes in all from the one that was touched last to this one. */
  extend(list: string, id: string, rows: Rows): void {
    const [from, to] = [
      rows.findIndex((row) => row.id === this.#anchor),
      rows.findIndex((row) => row.id === id),
    ];
    if (from < 0 || to < 0) return this.toggle(list, id);
    const range = rows.slice(Math.min(from, to), Math.max(from, to) + 1).map((row) => row.id);
    this.#set({ list, ids: new Set([...this.#in(list), ...range]), isAll: false });
  }

  /** Takes in these, and with `isAll` whatever else belongs to the list. */
  take(list: string, rows: Rows, isAll = false): void {
    this.#set({ list, ids: new Set(rows.map(({ id }) => id)), isAll });
  }

  clear = (): void => {
    this.#anchor = undefined;
    this.#set(NOTHING);
  };

  #in(list: string): ReadonlySet<string> {
    return this.#selected.list === list ? this.#selected.ids : NOTHING.ids;
  }

  #set(selected: Selected): void {
    this.#selected = selected.ids.size > 0 ? selected : NOTHING;
    for (const listener of this.#listeners) listener();
  }
}
