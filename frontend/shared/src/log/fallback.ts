import { backoff } from "../line/backoff";
import type { Cancel, Clock } from "../line/clock";
import { asChatError, disconnected } from "../line/errors";
import type { LaneName } from "../protocol";
import type { EntryPage } from "../protocol/rest";
import type { Rest } from "../line/rest";
import type { Room } from "./room";

const WAIT_SECONDS = 25;
/** Pause after a poll that brought nothing sooner than promised, and at least after one that failed. */
const IDLE_MS = 1_000;

interface LanePoll {
  rest: Rest;
  clock: Clock;
  room: Room;
  lane: LaneName;
  /** Whether the server could be reached. */
  onReach(reached: boolean): void;
}

/** Follows one lane by long polling, for networks that block WebSockets. */
export function pollLane({ rest, clock, room, lane, onReach }: LanePoll): Cancel {
  let isReached = false;
  const ends = lane === "public" ? [postMarks(rest, clock, room)] : [];
  ends.push(
    repeatedly(clock, onReach, async (signal) => {
      const { last } = room.view.conversation.lanes[lane];
      if (last === null) throw disconnected();
      const startedAt = clock.now();
      // The first poll does not wait, so that we soon know whether this way works.
      const wait = isReached ? WAIT_SECONDS : 0;
      isReached = false;
      const { epoch: ours } = room.position() ?? {};
      const of = ours === undefined ? "" : `&epoch=${ours}`;
      const path = `/chat/conversations/${room.id}/events?since=${last}&wait=${wait}&lane=${lane}${of}`;
      const { items, epoch } = await rest.get<EntryPage>(path, signal);
      isReached = true;
      if (!room.accepts(epoch)) return IDLE_MS;
      room.dispatch({ type: "entries", lane, entries: items });
      return items.length || !wait || clock.now() - startedAt > IDLE_MS ? 0 : IDLE_MS;
    }),
  );
  return () => ends.forEach((end) => end());
}

const MARK_MS = 1_000;

/** Tells how far has been read, as the socket would. */
export function postMarks(rest: Rest, clock: Clock, room: Room): Cancel {
  let told = 0;
  return repeatedly(
    clock,
    () => {},
    async () => {
      const { seq } = room.marks;
      if (seq > told) await rest.post(`/chat/conversations/${room.id}/marks`, { read_seq: seq });
      told = seq;
      return MARK_MS;
    },
  );
}

/**
 * Runs a task until stopped. It returns how long to pause, in milliseconds; failures wait longer each time. A stop aborts
 * what is under way: a browser makes six requests at once, and those that only wait would keep all others from theirs.
 */
export function repeatedly(
  clock: Clock,
  onReach: (reached: boolean) => void,
  task: (signal: AbortSignal) => Promise<number>,
): Cancel {
  const stopping = new AbortController();
  let failures = 0;
  let cancel: Cancel = () => {};
  const run = async (): Promise<void> => {
    let pause: number;
    try {
      pause = await task(stopping.signal);
      failures = 0;
    } catch (error) {
      pause = Math.max(asChatError(error).retryAfterMs ?? 0, IDLE_MS + backoff(failures++, clock));
    }
    if (stopping.signal.aborted) return;
    onReach(failures === 0);
    cancel = clock.after(pause, () => void run());
  };
  void run();
  return () => {
    stopping.abort();
    cancel();
  };
}
