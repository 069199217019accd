import type { ChatApi } from "../api/chat";
import type { Arrival, ConversationStore } from "./conversation-store";

/** More pages than this were not missed but never known: they come by scrolling. */
const MOST_PAGES = 100;
/** Commits may become visible a little out of the order of their times. */
const SLACK_MS = 120_000;
const MOST_SINGLES = 50;

/**
 * Fetch what changed while nobody told us: the list from the newest down to what was known before.
 *
 * Reading changes a conversation without moving it up, so those that still look unread are asked for singly.
 *
 * @returns what was new; nothing for an empty store, for then nothing was missed.
 */
export async function catchUp(api: ChatApi, store: ConversationStore): Promise<Arrival[]> {
  const knownUntil = store.latestUpdate();
  const seen = new Set<string>();
  const arrivals: Arrival[] = [];
  let before: string | null | undefined;
  for (let pages = 0; pages < MOST_PAGES && before !== null; pages++) {
    const page = await api.conversations(before === undefined ? {} : { before });
    for (const { id } of page.items) seen.add(id);
    arrivals.push(...store.upsert(page.items));
    const oldest = page.items.at(-1);
    before =
      knownUntil === undefined || (oldest && isBefore(oldest.updated_at, knownUntil)) ? null : page.next;
  }
  if (knownUntil === undefined) return [];
  const doubtful = store.list("open").filter(({ id, unread }) => unread > 0 && !seen.has(id));
  const singles = await Promise.all(doubtful.slice(0, MOST_SINGLES).map(({ id }) => api.conversation(id)));
  return [...arrivals, ...store.upsert(singles)];
}

function isBefore(updatedAt: string, knownUntil: number): boolean {
  return Date.parse(updatedAt) < knownUntil - SLACK_MS;
}
