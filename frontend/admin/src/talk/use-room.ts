import type { Room } from "@fireside/shared/log/room";
import { useLayoutEffect, useState } from "react";
import { useTalk } from "./talk";

/** The joined room of a conversation; undefined while it is not drawn yet. */
export function useRoom(id: string): Room | undefined {
  const { rooms } = useTalk();
  const [room, setRoom] = useState<Room>();
  // Joining sends and fetches: a rendering that is thrown away must not. Before the first paint all the same.
  useLayoutEffect(() => setRoom(rooms.visit(id)), [rooms, id]);
  return room?.id === id ? room : undefined;
}
