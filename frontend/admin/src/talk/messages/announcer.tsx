import type { RoomView } from "@fireside/shared/log/room";
import { useEffect, useRef, useState } from "react";
import { viewOf } from "../contents/views";
import { words } from "./words";

/**
 * Says new messages of others to screen readers. The list itself must not, for scrolling through a virtual
 * list would read out history.
 */
export function Announcer({ view, ownId }: { view: RoomView; ownId: number }) {
  const { items, last } = view.conversation.lanes.public;
  const known = useRef<number>(undefined);
  const [said, setSaid] = useState<{ seq: number; text: string }>();

  useEffect(() => {
    if (last === null) return;
    const newest = items.at(-1);
    const isNews = known.current !== undefined && newest !== undefined && newest.seq > known.current;
    known.current = last;
    if (!isNews || newest.kind !== "message" || newest.sender.id === ownId) return;
    const text = viewOf(newest.content).spoken(newest.content);
    if (text === undefined) return;
    setSaid({ seq: newest.seq, text: words.message.announce(newest.sender.name, text) });
  }, [items, last, ownId]);

  return (
    <div className="visually-hidden" role="log" aria-live="polite">
      {said && <p key={said.seq}>{said.text}</p>}
    </div>
  );
}
