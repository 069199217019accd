import type { Command } from "./command";
import { keyName } from "./command";
import { chordName, parseKeys } from "./keys";
import { provided } from "./provided";

/** The keys that an agent has chosen, by command; one that has none here has its own. */
export type Keymap = Readonly<Record<string, readonly string[]>>;

export const [KeymapProvider, useKeymap] = provided<Keymap>("the keymap");

type Keyed = Pick<Command<never>, "id" | "title" | "keys">;

/** Commands with the keys that the agent has chosen for them. */
export function remap<Of extends Keyed>(commands: readonly Of[], keymap: Keymap): Of[] {
  return commands.map((command) => {
    const chosen = keymap[command.id];
    return Array.isArray(chosen) ? { ...command, keys: chosen } : command;
  });
}

/** The first way to call a command, as the agent has it and as keys are shown. */
export function useKeyName(command: Keyed): string | undefined {
  return keyName(remap([command], useKeymap())[0]!);
}

/** The command that has these keys, or one that they would begin or end, and so never be heard. */
export function holderOf<Of extends Keyed>(
  keys: string,
  commands: readonly Of[],
  exceptId: string,
): Of | undefined {
  return commands.find(({ id, keys: theirs }) => id !== exceptId && theirs.some((one) => clash(one, keys)));
}

function clash(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other} `) || other.startsWith(`${one} `);
}

/** The keymap in which a command has these keys, and no other has what clashes with them. */
export function withKeys(keymap: Keymap, id: string, keys: string, commands: readonly Keyed[]): Keymap {
  const taken = commands
    .filter((command) => command.id !== id && command.keys.some((one) => clash(one, keys)))
    .map((command) => [command.id, command.keys.filter((one) => !clash(one, keys))] as const);
  return { ...keymap, ...Object.fromEntries(taken), [id]: [keys] };
}

/** Keys as they are shown, with a space between those that come one after the other. */
export function showKeys(keys: string): string {
  return parseKeys(keys).map(chordName).join(" ");
}

/** Keys that browsers keep for themselves: a page is not asked. */
const KEPT = ["mod+w", "mod+t", "mod+n", "mod+shift+w", "mod+shift+t", "mod+shift+n", "mod+q", "mod+l"];

export function isKeptByBrowsers(keys: string): boolean {
  return keys.split(" ").some((chord) => KEPT.includes(chord));
}
