import type { RoomView } from "@fireside/shared/log/room";
import type { Mark } from "@fireside/shared/protocol";
import { useEffect, useRef, useState } from "react";

const NO_LINE = Number.MAX_SAFE_INTEGER;

/**
 * The place of the "new" line: after this public `seq`. It is set when a conversation is opened, moves when
 * something comes that nobody here sees, and then stays although the messages below are read by now.
 *
 * @param isReading the agent sees the newest message now.
 * @param unreadFrom where the agent has put it back as unread: then the line stands there.
 */
export function useReadLine(
  view: RoomView,
  agentId: number,
  isReading: boolean,
  unreadFrom?: number | null,
): number {
  const { lanes } = view.conversation;
  const last = lanes.public.last ?? 0;
  const [line, setLine] = useState(NO_LINE);
  const readTo = useRef<number>(undefined);

  useEffect(() => {
    // Only the first news of the marks tells where reading stopped before.
    if (view.isJoined) setLine(readBefore(view.conversation.marks, agentId));
  }, [view.isJoined]);
  useEffect(() => {
    if (isReading) readTo.current = last;
    else if (readTo.current !== undefined && last > readTo.current) setLine(readTo.current);
  }, [isReading, last]);
  useEffect(() => {
    if (unreadFrom) setLine(unreadFrom - 1);
  }, [unreadFrom]);
  // Reading may have stopped before all that is loaded; then there is no place for the line yet.
  return lanes.public.first <= line ? line : NO_LINE;
}

/** The last entry this agent has read; one who opens a conversation for the first time begins where the team is. */
export function readBefore(marks: ReadonlyMap<number, Mark>, agentId: number): number {
  const agents = [...marks.values()].filter(({ role }) => role === "agent");
  return marks.get(agentId)?.read_seq ?? Math.max(0, ...agents.map(({ read_seq }) => read_seq));
}
