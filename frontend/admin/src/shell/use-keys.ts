import { useEffect, useMemo, useRef } from "react";
import type { Command } from "../ui/command";
import type { Place } from "./commands";
import { KeyReader } from "./key-reader";

/** Runs commands by key from anywhere in the app; `place` is asked for when a key is pressed. */
export function useKeys(
  commands: readonly Command<Place>[],
  singleKeys: boolean,
  run: (command: Command<Place>) => void,
): void {
  const reader = useMemo(() => new KeyReader(commands), [commands]);
  const latest = useRef(run);
  latest.current = run;
  useEffect(() => {
    function listen(event: KeyboardEvent): void {
      const read = reader.read(event, performance.now(), singleKeys);
      if (!read) return;
      event.preventDefault();
      if ("command" in read) latest.current(read.command);
    }
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, [reader, singleKeys]);
}
