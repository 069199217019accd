/** When a status ends that is set now. */
export const CLEAR_AFTER = ["never", "half-hour", "hour", "today", "at"] as const;
export type ClearAfter = (typeof CLEAR_AFTER)[number];

const MINUTE_MS = 60_000;

/** The instant in milliseconds, or undefined for never. `at` is a local time as a browser's field writes it. */
export function endOf(after: ClearAfter, now: number, at: string): number | undefined {
  switch (after) {
    case "never":
      return undefined;
    case "half-hour":
      return now + 30 * MINUTE_MS;
    case "hour":
      return now + 60 * MINUTE_MS;
    case "today": {
      const midnight = new Date(now);
      // The calendar's day: 23 or 25 hours where clocks change.
      midnight.setHours(24, 0, 0, 0);
      return midnight.getTime();
    }
    case "at":
      return Date.parse(at);
  }
}

/** A time as the field for local times takes it: to the minute, in the agent's zone. */
export function localTime(at: number): string {
  const local = new Date(at - new Date(at).getTimezoneOffset() * MINUTE_MS);
  return local.toISOString().slice(0, 16);
}
