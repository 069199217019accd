/** One key, with what is held down beside it. */
export interface Chord {
  /** As a keyboard names it; letters in lower case. */
  key: string;
  mod: boolean;
  shift: boolean;
  alt: boolean;
}

type Press = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey"> & {
  getModifierState?(name: string): boolean;
};

export const isMac = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? "");

/** "g i" and "mod+shift+enter" as chords. */
export function parseKeys(keys: string): Chord[] {
  return keys.split(" ").map((part) => {
    const names = part.split(/\+(?=.)/);
    const key = names.pop()!;
    return {
      key,
      mod: names.includes("mod"),
      shift: names.includes("shift"),
      alt: names.includes("alt"),
    };
  });
}

/** A chord as it is written in a command's keys. */
export function writeChord({ key, mod, shift, alt }: Chord): string {
  return `${mod ? "mod+" : ""}${alt ? "alt+" : ""}${shift ? "shift+" : ""}${key}`;
}

/** The chord of a key press; undefined for a modifier alone. */
export function chordOf(press: Press): Chord | undefined {
  if (["Control", "Shift", "Alt", "Meta", "AltGraph", "CapsLock", "Dead"].includes(press.key))
    return undefined;
  // A German keyboard has brackets only with AltGr, which Windows reports as Ctrl and Alt.
  const altGraph = press.getModifierState?.("AltGraph") ?? false;
  const mod = !altGraph && (isMac ? press.metaKey : press.ctrlKey);
  const other = !altGraph && (isMac ? press.ctrlKey : press.metaKey);
  if (other) return undefined;
  const key = nameOf(press);
  const isPrinted = key.length === 1;
  return {
    key,
    mod,
    alt: press.altKey && !altGraph,
    // Whether a mark needs Shift is the keyboard's affair: "?" is "?" on each of them.
    shift: press.shiftKey && (!isPrinted || isLetter(key)),
  };
}

/** A key whose letter is of another script is known by its place: the keys work on Greek and Arabic keyboards. */
function nameOf({ key, code }: Press): string {
  if (key === " ") return "space";
  if (key.length > 1 || /^[\x21-\x7e]$/.test(key)) return key.toLowerCase();
  const letter = /^Key([A-Z])$/.exec(code ?? "")?.[1] ?? /^Digit(\d)$/.exec(code ?? "")?.[1];
  return (letter ?? key).toLowerCase();
}

const isLetter = (key: string): boolean => key.toLowerCase() !== key.toUpperCase();

const NAMES: Readonly<Record<string, string>> = {
  enter: "Enter",
  escape: "Esc",
  arrowup: "↑",
  arrowdown: "↓",
  arrowleft: "←",
  arrowright: "→",
  backspace: "⌫",
  delete: "Del",
  space: "Space",
};

/** A chord as it is shown. */
export function chordName({ key, mod, shift, alt }: Chord): string {
  const names = isMac
    ? [mod && "⌘", alt && "⌥", shift && "⇧"]
    : [mod && "Ctrl", alt && "Alt", shift && "Shift"];
  const name =
    NAMES[key] ?? (key.length === 1 ? key.toLocaleUpperCase() : key[0]!.toUpperCase() + key.slice(1));
  return [...names.filter((part) => part !== false), name].join(isMac ? "" : " + ");
}
