import type { Cancel, Clock } from "./clock";

const CHECK_MS = 5_000;
/** A timer this late means that the machine slept, or the browser throttled the tab. */
const DRIFT_MS = 5_000;

/** Tells `wake` when the world may have changed unnoticed; returns how to stop. */
export type Wakeups = (wake: () => void) => Cancel;

/** The browser's wake-ups: back online, tab shown, window focused, machine awake after sleep. */
export function browserWakeups(clock: Clock): Wakeups {
  return (wake) => {
    const shown = (): void => {
      if (document.visibilityState === "visible") wake();
    };
    const stop = new AbortController();
    addEventListener("online", wake, stop);
    addEventListener("focus", wake, stop);
    document.addEventListener("visibilitychange", shown, stop);
    stop.signal.addEventListener("abort", watchDrift(clock, wake));
    return () => stop.abort();
  };
}

export function watchDrift(clock: Clock, wake: () => void): Cancel {
  let cancel: Cancel;
  const check = (): void => {
    const due = clock.now() + CHECK_MS;
    cancel = clock.after(CHECK_MS, () => {
      const late = clock.now() - due;
      check();
      if (late > DRIFT_MS) wake();
    });
  };
  check();
  return () => cancel();
}
