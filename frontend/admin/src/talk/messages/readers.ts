import type { Message } from "@fireside/shared/log/lane";
import type { Mark } from "@fireside/shared/protocol";

/**
 * The colleagues whose reading ended at each message or note: by its key, the ids of those who have read to it and not to the
 * next one of its lane. Each stands once, at the lower of their two places. Customers never learn of it; one's own place is
 * the "new" line.
 */
export function readersAt(
  items: readonly { kind: string; client_msg_id?: string }[],
  marks: ReadonlyMap<number, Mark>,
  ownId: number,
): ReadonlyMap<string, readonly number[]> {
  const said = items.filter((item): item is Message => item.kind === "message");
  const found = new Map<string, number[]>();
  for (const { user_id, role, read_seq, team_read_seq = 0 } of marks.values()) {
    if (role !== "agent" || user_id === ownId) continue;
    const last = said.findLast(({ lane, seq }) => seq <= (lane === "team" ? team_read_seq : read_seq));
    // Of one's own words nobody needs to hear that one has read them.
    if (!last || last.sender.id === user_id) continue;
    found.set(last.client_msg_id, [...(found.get(last.client_msg_id) ?? []), user_id]);
  }
  return found;
}
