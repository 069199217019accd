import type { NewMessage } from "@fireside/shared/log/new-message";
import type { Room, RoomView } from "@fireside/shared/log/room";
import { useEffect, useState } from "react";
import { useComposer } from "../composer/handle";
import { useTalk } from "../talk";
import { guarded, type Seen, seenBy, seenOf, staleOf, takenBack } from "./guard";

/**
 * Sends what an agent writes, and takes back what crossed a colleague's message: it returns into the composer, and
 * `since` says from where on something was missed, until it is sent after all or put away.
 */
export function useGuard(room: Room, { conversation }: RoomView) {
  const { drafts } = useTalk();
  const composer = useComposer();
  const [since, setSince] = useState<Seen>();
  const { pending } = conversation;
  const { lane } = drafts.get(room.id);

  useEffect(() => {
    const stale = staleOf(pending);
    if (stale.length === 0 || !composer.current) return;
    setSince((before) => before ?? seenBy(stale));
    // Joined to a note that is being written, or in its place, the next Enter would send the note to the customer. Until
    // a reply is written again, what was refused stays in the log.
    const draft = drafts.get(room.id);
    if (draft.lane === "team") return;
    composer.current.write(takenBack(stale, draft));
    for (const { client_msg_id } of stale) room.link.outbox.remove(client_msg_id);
  }, [pending, lane, room, drafts, composer]);

  return {
    since,
    putAway: () => setSince(undefined),
    send(message: NewMessage, clientMsgId?: string): void {
      room.send(guarded(message, seenOf(room.view.conversation)), clientMsgId);
      setSince(undefined);
    },
  };
}
