import type { ChatClient } from "@fireside/shared/chat";

export const REPORT_MS = 60_000;
const LONGEST_MS = 86_400_000;
const INPUTS = ["pointerdown", "pointermove", "keydown", "wheel", "scroll", "touchstart"] as const;
const ANYWHERE = { passive: true, capture: true };

/**
 * Tells the server of input on this device, at most once a minute while there is some, and after each connecting how long
 * ago the last was; returns the way to end that. The deadline is the server's: a hidden tab's timers are late, and this has none.
 *
 * By the wall clock, for a browser's other clock may stand still while the laptop sleeps.
 */
export function reportActivity(
  chat: Pick<ChatClient, "isConnected" | "signal" | "on">,
  page: Pick<Window, "addEventListener" | "removeEventListener"> = window,
  now: () => number = Date.now,
): () => void {
  // Whoever opens a page is there.
  let inputAt = now();
  let reportedAt = Number.NEGATIVE_INFINITY;

  function report(): void {
    reportedAt = now();
    chat.signal({ type: "active", ago_ms: Math.min(Math.max(0, reportedAt - inputAt), LONGEST_MS) });
  }

  function note(): void {
    inputAt = now();
    if (inputAt - reportedAt >= REPORT_MS && chat.isConnected()) report();
  }

  for (const kind of INPUTS) page.addEventListener(kind, note, ANYWHERE);
  page.addEventListener("focus", note);
  const stop = chat.on("open", report);
  return () => {
    for (const kind of INPUTS) page.removeEventListener(kind, note, ANYWHERE);
    page.removeEventListener("focus", note);
    stop();
  };
}
