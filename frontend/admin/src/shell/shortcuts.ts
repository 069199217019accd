import { isComposing } from "@fireside/shared/format/composing";
import { useEffect, useRef } from "react";
import type { Command } from "../ui/command";
import type { Place } from "./commands";

/** The command of a key press; none while someone writes, chooses from a menu, or means the browser. */
export function commandOf(
  event: KeyboardEvent,
  commands: readonly Command<Place>[],
): Command<Place> | undefined {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isComposing(event))
    return undefined;
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest("input, textarea, select, [contenteditable], [role=menu], [role=dialog]"))
    return undefined;
  const pressed = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return commands.find(({ key }) => key === pressed);
}

/** Runs commands from anywhere in the app while `enabled`; `place` is asked for when a key is pressed. */
export function useShortcuts(
  commands: readonly Command<Place>[],
  enabled: boolean,
  place: () => Place,
): void {
  const latest = useRef(place);
  latest.current = place;
  useEffect(() => {
    function listen(event: KeyboardEvent): void {
      const command = commandOf(event, commands);
      if (!command || !(enabled || command.always)) return;
      event.preventDefault();
      const here = latest.current();
      if (command.when?.(here) ?? true) command.run(here);
    }
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, [commands, enabled]);
}
