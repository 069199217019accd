import type { Message } from "@fireside/shared/log/lane";
import type { Mark } from "@fireside/shared/protocol";

/**
 * The colleagues whose reading ended at each message: by its key, the ids of those who have read to it and not to the next
 * one. Customers never learn of it; one's own place is the "new" line.
 */
export function readersAt(
  items: readonly { kind: string; client_msg_id?: string }[],
  marks: ReadonlyMap<number, Mark>,
  ownId: number,
): ReadonlyMap<string, readonly number[]> {
  const said = items.filter(
    (item): item is Message => item.kind === "message" && (item as Message).lane === "public",
  );
  const found = new Map<string, number[]>();
  for (const { user_id, role, read_seq } of marks.values()) {
    if (role !== "agent" || user_id === ownId) continue;
    const last = said.findLast(({ seq }) => seq <= read_seq);
    // Of one's own words nobody needs to hear that one has read them.
    if (!last || last.sender.id === user_id) continue;
    found.set(last.client_msg_id, [...(found.get(last.client_msg_id) ?? []), user_id]);
  }
  return found;
}
