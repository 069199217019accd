import type { Rest } from "@fireside/shared/line/rest";
import type { CannedReply, CannedReplyFields, CannedReplyList } from "@fireside/shared/protocol/rest";
import { best, fits, fold } from "../../ui/fuzzy";

const PATH = "/chat/canned";
/** Of a use of one's own in the rank, as the server counts it. */
const OWN_WEIGHT = 3;

interface Searched {
  reply: CannedReply;
  shortcut: string;
  title: string;
  text: string;
}

export type CannedState =
  | { status: "loading" | "failed"; items: readonly CannedReply[] }
  | { status: "ready"; items: readonly CannedReply[] };

/** The canned replies of one agent, all in memory: a slash opens them without asking anybody. */
export class CannedReplies {
  #state: CannedState = { status: "loading", items: [] };
  #searched: Searched[] = [];
  #loading: Promise<void> | undefined;
  #isStale = false;
  readonly #listeners = new Set<() => void>();

  constructor(readonly rest: Pick<Rest, "get" | "send">) {}

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  getState = (): CannedState => this.#state;

  /** After each connecting, and whenever one was changed. One reading at a time: what is told during one asks for another. */
  load(): Promise<void> {
    this.#isStale = true;
    this.#loading ??= this.#read().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #read(): Promise<void> {
    while (this.#isStale) {
      this.#isStale = false;
      try {
        this.#take((await this.rest.get<CannedReplyList>(PATH)).items);
      } catch {
        // The next connection brings us back here; what is known stays.
        if (this.#state.status === "loading") this.#change({ status: "failed", items: [] });
      }
    }
  }

  /** Those that fit what was typed behind the slash, the best first; of nothing, those used most. */
  find(typed: string, most: number): CannedReply[] {
    const query = fold(typed);
    return best(this.#searched, most, (one) => score(query, one)).map(({ reply }) => reply);
  }

  /** Counts a use, here at once. */
  used({ id }: CannedReply): void {
    const items = this.#state.items.map((reply) =>
      reply.id === id
        ? { ...reply, uses: reply.uses + 1, team_uses: reply.team_uses + 1, rank: reply.rank + OWN_WEIGHT }
        : reply,
    );
    this.#take(items);
    // A use that is not counted moves a line of a list, no more.
    this.rest.send("POST", `${PATH}/${id}/uses`).catch(() => {});
  }

  async save(fields: CannedReplyFields, id?: number): Promise<CannedReply> {
    const saved = await (id === undefined
      ? this.rest.send<CannedReply>("POST", PATH, fields)
      : this.rest.send<CannedReply>("PUT", `${PATH}/${id}`, fields));
    this.#take([...this.#state.items.filter((reply) => reply.id !== saved.id), saved]);
    return saved;
  }

  async remove(id: number): Promise<void> {
    await this.rest.send("DELETE", `${PATH}/${id}`);
    this.#take(this.#state.items.filter((reply) => reply.id !== id));
  }

  #take(items: readonly CannedReply[]): void {
    const sorted = [...items].sort((one, other) => one.title.localeCompare(other.title));
    this.#searched = sorted.map((reply) => ({
      reply,
      shortcut: fold(reply.shortcut),
      title: fold(reply.title),
      text: fold(reply.text),
    }));
    this.#change({ status: "ready", items: sorted });
  }

  #change(state: CannedState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

/** The shortcut counts most, then the title, then the text, there only in one piece; use decides between those alike. */
function score(query: string, { reply, shortcut, title, text }: Searched): number | undefined {
  const use = Math.min(reply.rank, 90);
  if (query === "") return use;
  const byShortcut = shortcut === "" ? undefined : fits(query, shortcut);
  if (byShortcut !== undefined) return 2000 + byShortcut + use;
  const byTitle = fits(query, title);
  if (byTitle !== undefined) return 1000 + byTitle + use;
  return text.includes(query) ? use : undefined;
}
