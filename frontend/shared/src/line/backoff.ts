import type { Clock } from "./clock";

const FIRST_MS = 500;
const LONGEST_MS = 20_000;
/** The attempt from which waiting starts when the server says that it is overloaded. */
const OVERLOADED_ATTEMPT = 3;

/** The answer of the client to a close code; the table is in the protocol. */
export type AfterClose = "reconnect" | "soon" | "back off" | "new token" | "stop";

/** By the code itself, or by its hundred. */
const AFTER: Record<number, AfterClose> = {
  40: "soon",
  41: "back off",
  42: "new token",
  44: "stop",
  4401: "new token",
};

export function afterClose(code: number): AfterClose {
  return AFTER[code] ?? AFTER[Math.floor(code / 100)] ?? "reconnect";
}

/**
 * How long to wait before attempt number `attempt` (0 is the first after a loss), in milliseconds.
 * Full jitter: a thousand clients cut at once come back spread over the whole span, not in waves.
 */
export function backoff(attempt: number, clock: Clock): number {
  return clock.random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 16));
}

export function waitAfterClose(action: AfterClose, attempt: number, clock: Clock): number {
  if (action === "soon") return clock.random() * 1000;
  if (action === "back off") return 1000 + backoff(Math.max(attempt, OVERLOADED_ATTEMPT), clock);
  return backoff(attempt, clock);
}
