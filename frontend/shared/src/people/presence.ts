import type { Presence } from "../protocol";

/** Presence by user: the newest state of each, in whatever order the news came. */
export type PresenceMap = ReadonlyMap<number, Presence>;

export function withPresence(known: PresenceMap, news: readonly Presence[]): PresenceMap {
  const fresh = news.filter(({ user_id, version }) => version > (known.get(user_id)?.version ?? -1));
  if (!fresh.length) return known;
  return new Map([...known, ...fresh.map((presence) => [presence.user_id, presence] as const)]);
}
