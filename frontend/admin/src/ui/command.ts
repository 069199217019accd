import { type Chord, chordName, parseKeys } from "./keys";

/** Where a command stands in the sheet of keys and in the palette. */
export type CommandGroup = "move" | "act" | "select" | "write" | "app";

/**
 * Something that the agent can have done by key or by name. The palette, the sheet of keys, tooltips and the test that
 * presses every key are made from these; `Place` is what the command needs of where it runs.
 */
export interface Command<Place> {
  id: string;
  title: string;
  /**
   * Each one way to call it: "e", "shift+a", "g i" (one after the other), "mod+k" (Ctrl, ⌘ on a Mac). In lower case, named
   * as a keyboard names them. The first is the one that is shown; none leaves it to the palette and to the agent.
   */
  keys: readonly string[];
  group: CommandGroup;
  /** Its keys work where single keys are turned off too. */
  always?: true;
  /** Its keys work while someone writes, too; only for keys with a modifier. */
  inFields?: true;
  /** Whether there is something to do it to; without this, there always is. */
  when?: (place: Place) => boolean;
  run: (place: Place) => void;
}

/** The first way to call it, as keys are shown; undefined if there is none. */
export function keyName({ keys }: { keys: readonly string[] }): string | undefined {
  return keys[0] === undefined ? undefined : parseKeys(keys[0]).map(chordName).join(" ");
}

/** The same, key by key. */
export function keyCaps({ keys }: { keys: readonly string[] }): string[] {
  return keys[0] === undefined ? [] : parseKeys(keys[0]).map((chord: Chord) => chordName(chord));
}
