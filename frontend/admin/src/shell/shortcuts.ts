import { isComposing } from "@fireside/shared/format/composing";
import { useEffect, useRef } from "react";

export type Command = "next" | "previous" | "reply" | "note" | "assign" | "toggleClosed" | "details" | "help";

const KEYS: Record<string, Command> = {
  j: "next",
  k: "previous",
  r: "reply",
  n: "note",
  a: "assign",
  e: "toggleClosed",
  i: "details",
  "?": "help",
};

/** The keys of each command, for those who look them up. */
export function keyOf(command: Command): string {
  const key = Object.keys(KEYS).find((candidate) => KEYS[candidate] === command) ?? "";
  return key.toLocaleUpperCase();
}

/** The command of a key press; none while someone writes, chooses from a menu, or means the browser. */
export function commandOf(event: KeyboardEvent): Command | undefined {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isComposing(event))
    return undefined;
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest("input, textarea, select, [contenteditable], [role=menu], [role=dialog]"))
    return undefined;
  return KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
}

/** Run commands from anywhere in the app while `enabled`; "help" always works, it is where they are turned on. */
export function useShortcuts(enabled: boolean, run: (command: Command) => void): void {
  const latest = useRef(run);
  latest.current = run;
  useEffect(() => {
    function listen(event: KeyboardEvent): void {
      const command = commandOf(event);
      if (command === undefined || (!enabled && command !== "help")) return;
      event.preventDefault();
      latest.current(command);
    }
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, [enabled]);
}
