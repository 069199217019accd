import type { Room } from "@fireside/shared/log/room";
import type { ReadState } from "@fireside/shared/protocol/rest";
import { useEffect, useRef } from "react";
import { useKeyed } from "../../ui/keyed-store";
import { useTalk } from "../talk";

/** How far this agent has read a conversation, once it is known. */
export function useReadState(id: string): ReadState | undefined {
  const { reading } = useTalk();
  useEffect(() => reading.states.watch(id), [reading, id]);
  return useKeyed(reading.states, id);
}

/** Tells that the end of both lanes is read, for as long as it is on the screen and looked at. */
export function useReading(room: Room, seq: number, teamSeq: number, isReading: boolean): void {
  const { reading } = useTalk();
  const state = useReadState(room.id);
  const began = useRef<number>(undefined);
  useEffect(() => {
    began.current = isReading ? (began.current ?? state?.version) : undefined;
    if (isReading) reading.read(room, { read_seq: seq, team_read_seq: teamSeq, version: began.current });
  }, [reading, room, seq, teamSeq, isReading, state]);
}
