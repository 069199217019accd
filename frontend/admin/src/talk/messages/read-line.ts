import type { RoomView } from "@fireside/shared/log/room";
import { useEffect, useRef, useState } from "react";

const NO_LINE = Number.MAX_SAFE_INTEGER;

/**
 * The place of the "new" line: after this public `seq`. It is set when a conversation is opened, moves when
 * something comes that nobody here sees, and then stays although the messages below are read by now.
 *
 * @param isReading the agent sees the newest message now.
 */
export function useReadLine(view: RoomView, agentId: number, isReading: boolean): number {
  const { marks, lanes } = view.conversation;
  const last = lanes.public.last ?? 0;
  const isJoined = marks.size > 0;
  const [line, setLine] = useState(NO_LINE);
  const readTo = useRef<number>(undefined);

  useEffect(() => {
    // Only the first news of the marks tells where reading stopped before.
    if (isJoined) setLine(marks.get(agentId)?.read_seq ?? teamRead(view));
  }, [isJoined]);
  useEffect(() => {
    if (isReading) readTo.current = last;
    else if (readTo.current !== undefined && last > readTo.current) setLine(readTo.current);
  }, [isReading, last]);
  // Reading may have stopped before all that is loaded; then there is no place for the line yet.
  return lanes.public.first <= line ? line : NO_LINE;
}

/** An agent who opens a conversation for the first time begins where the team is. */
function teamRead({ conversation }: RoomView): number {
  const agents = [...conversation.marks.values()].filter(({ role }) => role === "agent");
  return Math.max(0, ...agents.map(({ read_seq }) => read_seq));
}
