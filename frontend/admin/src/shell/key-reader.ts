import { isComposing } from "@fireside/shared/format/composing";
import type { Command } from "../ui/command";
import { chordOf, parseKeys, writeChord } from "../ui/keys";

/** A second key of two comes within this many milliseconds, or stands for itself. */
export const SEQUENCE_MS = 1500;

type Keyed = Pick<Command<never>, "id" | "keys" | "inFields" | "always">;

/** What a key press asks for: a command, or the next key. */
export type Reading<Of> = { command: Of } | { pending: string } | undefined;

/** Reads key presses as commands: single keys, keys with modifiers, and keys one after the other. */
export class KeyReader<Of extends Keyed> {
  readonly #byKeys = new Map<string, Of>();
  readonly #beginnings = new Set<string>();
  #begun: { keys: string; at: number } | undefined;

  constructor(commands: readonly Of[]) {
    for (const command of commands) {
      for (const keys of command.keys) {
        const chords = parseKeys(keys).map(writeChord);
        this.#byKeys.set(chords.join(" "), command);
        if (chords.length > 1) this.#beginnings.add(chords[0]!);
      }
    }
  }

  /** None while someone writes, chooses from a menu, or means the browser. */
  read(event: KeyboardEvent, now: number, singleKeys = true): Reading<Of> {
    const chord = event.defaultPrevented || isComposing(event) ? undefined : chordOf(event);
    if (!chord) return undefined;
    const begun = this.#begun && now - this.#begun.at < SEQUENCE_MS ? `${this.#begun.keys} ` : "";
    this.#begun = undefined;
    const pressed = writeChord(chord);
    const command = this.#byKeys.get(begun + pressed) ?? this.#byKeys.get(pressed);
    const isSingle = !chord.mod && !chord.alt;
    if (isBusy(event.target) && !(command?.inFields && !isSingle)) return undefined;
    if (isSingle && !singleKeys && !command?.always) return undefined;
    // While "g" waits for its second key, a second "g" begins anew.
    if (!this.#byKeys.has(begun + pressed) && this.#beginnings.has(pressed)) {
      this.#begun = { keys: pressed, at: now };
      return { pending: pressed };
    }
    return command && { command };
  }
}

/** Somebody writes there, or it has keys of its own. */
function isBusy(target: EventTarget | null): boolean {
  const selector =
    "input, textarea, select, [contenteditable]:not([contenteditable=false]), [role=menu], [role=dialog], dialog";
  return target instanceof Element && target.closest(selector) !== null;
}
