import { best, fits, fold } from "../ui/fuzzy";

/** A line of the palette. */
export interface Entry {
  id: string;
  title: string;
  /** Beside the title: which kind of thing it is, or more of it. It is searched, too. */
  hint?: string;
  keys: readonly string[];
  run(): void;
}

interface Searched {
  entry: Entry;
  title: string;
  all: string;
}

/** Lines that a search shows. */
const MOST = 12;
const CONVERSATIONS_AT_FIRST = 5;

/**
 * What the palette shows, from memory. Conversations are made ready for the search only when somebody types: there may
 * be ten thousand, and it has to open within a frame.
 */
export class Entries {
  readonly #commands: Searched[];
  #conversations: Searched[] | undefined;

  constructor(
    commands: readonly Entry[],
    /** The latest `most` of them. */
    readonly conversations: (most: number) => readonly Entry[],
    readonly recent: readonly string[],
  ) {
    this.#commands = commands.map(searched);
  }

  find(typed: string): readonly Entry[] {
    const query = fold(typed.trim());
    if (query === "") return this.#atFirst();
    this.#conversations ??= this.conversations(Infinity).map(searched);
    const place = new Map(this.recent.map((id, index) => [id, index]));
    const found = best([...this.#commands, ...this.#conversations], MOST, ({ entry, title, all }) => {
      const byTitle = fits(query, title);
      // What is only found by its hint comes after all that is called so.
      const score = byTitle ?? (fits(query, all) === undefined ? undefined : 0);
      const index = place.get(entry.id);
      return score === undefined ? undefined : score + (index === undefined ? 0 : 60 - index);
    });
    return found.map(({ entry }) => entry);
  }

  /** What was used last stands first; then all that can be done here, and the latest conversations. */
  #atFirst(): readonly Entry[] {
    const all = this.#commands.map(({ entry }) => entry);
    const byId = new Map(all.map((entry) => [entry.id, entry]));
    const used = this.recent.map((id) => byId.get(id)).filter((entry) => entry !== undefined);
    const others = all.filter((entry) => !used.includes(entry));
    return [...used, ...others, ...this.conversations(CONVERSATIONS_AT_FIRST)];
  }
}

function searched(entry: Entry): Searched {
  const title = fold(entry.title);
  return { entry, title, all: entry.hint === undefined ? title : `${title} ${fold(entry.hint)}` };
}
