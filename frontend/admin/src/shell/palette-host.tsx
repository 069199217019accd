import { type Ref, useImperativeHandle, useState } from "react";
import type { Command } from "../ui/command";
import { useIdle } from "../ui/idle";
import type { Place } from "./commands";
import { useEntries } from "./use-entries";

export interface PaletteHandle {
  toggle(): void;
}

interface HostProps {
  commands: readonly Command<Place>[];
  place(): Place;
  run(command: Command<Place>): void;
  handle: Ref<PaletteHandle>;
}

/** Knows whether the palette is open, so that opening it draws nothing else: it has 16 ms. */
export function PaletteHost({ commands, place, run, handle }: HostProps) {
  const [isOpen, setOpen] = useState(false);
  const palette = useIdle(() => import("./palette"), isOpen);
  const { entries, choose } = useEntries(commands, place, run);
  useImperativeHandle(handle, () => ({ toggle: () => setOpen((was) => !was) }), []);
  if (!palette) return null;
  return (
    <palette.Palette isOpen={isOpen} entries={entries} onClose={() => setOpen(false)} onChosen={choose} />
  );
}
