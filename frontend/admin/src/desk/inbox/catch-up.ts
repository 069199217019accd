import { asChatError } from "@fireside/shared/line/errors";
import { ANSWER_MS } from "@fireside/shared/line/requests";
import type { Conversation } from "@fireside/shared/protocol";
import type { DeskApi } from "../api";
import type { ConversationStore } from "./conversation-store";

/** More pages than this were not missed but never known: they come by scrolling. */
const MOST_PAGES = 100;
/** Commits may become visible a little out of the order of their times. */
const SLACK_MS = 120_000;
const MOST_SINGLES = 50;

/** Fetches what changed while nobody told us: the list from the newest down to what was known before. */
export class CatchUp {
  /** Until when we knew all. It stands while attempts fail, for the socket brings newer rows meanwhile. */
  #knownUntil: number | undefined;

  constructor(
    readonly api: DeskApi,
    readonly store: ConversationStore,
  ) {}

  /**
   * With `isReset` nothing is known any more of what is not found: pages further down are read again when they are seen.
   *
   * Reading changes a conversation without moving it up, so those that still look unread are asked for singly.
   */
  async run({ isReset = false } = {}): Promise<void> {
    const { api, store } = this;
    const knownUntil = (this.#knownUntil ??= store.latestUpdate());
    const seen = new Set<string>();
    let before: string | null | undefined;
    for (let pages = 0; pages < MOST_PAGES && before !== null; pages++) {
      const page = await api.conversations(before === undefined ? {} : { before }, inTime());
      for (const { id } of page.items) seen.add(id);
      store.upsert(page.items);
      const oldest = page.items.at(-1);
      before =
        knownUntil === undefined || (oldest && isBefore(oldest.updated_at, knownUntil)) ? null : page.next;
    }
    const doubtful = store.list("open").filter(({ id, unread }) => unread > 0 && !seen.has(id));
    const asked = knownUntil === undefined ? [] : doubtful.slice(0, MOST_SINGLES);
    const singles = await Promise.all(asked.map(({ id }) => this.#read(id)));
    this.#knownUntil = undefined;
    const there = singles.filter((single) => single !== undefined);
    store.upsert(there);
    for (const { id } of there) seen.add(id);
    const gone = new Set(asked.map(({ id }) => id).filter((id) => !seen.has(id)));
    if (isReset) store.retain((id) => seen.has(id));
    else if (gone.size > 0) store.retain((id) => !gone.has(id));
  }

  /** Nothing for one that is not there for us any longer. */
  #read(id: string): Promise<Conversation | undefined> {
    return this.api.conversation(id, inTime()).catch((error: unknown) => {
      if (asChatError(error).code === "not_found") return undefined;
      throw error;
    });
  }
}

/** After sleep the browser may ask on a connection that died meanwhile, and would wait for long. */
const inTime = (): AbortSignal => AbortSignal.timeout(ANSWER_MS);

function isBefore(updatedAt: string, knownUntil: number): boolean {
  return Date.parse(updatedAt) < knownUntil - SLACK_MS;
}
