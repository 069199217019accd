import { type KeyboardEvent, useState } from "react";
import { Button } from "react-aria-components";
import type { Command } from "../ui/command";
import { holderOf, isKeptByBrowsers } from "../ui/keymap";
import { KeyCaps } from "../ui/key-caps";
import { chordOf, parseKeys, writeChord } from "../ui/keys";
import type { Place } from "./commands";
import { words } from "./words";

interface KeyFieldProps {
  command: Command<Place>;
  commands: readonly Command<Place>[];
  /** Empty: none. */
  onKeys(keys: string): void;
  onCancel(): void;
}

/** Takes down the keys that are pressed, at most two one after the other, and says whose they are. */
export function KeyField({ command, commands, onKeys, onCancel }: KeyFieldProps) {
  const [keys, setKeys] = useState("");
  const problem = keys === "" ? undefined : refusal(keys, command);
  const holder = keys === "" ? undefined : holderOf(keys, commands, command.id);

  function onKeyDown(event: KeyboardEvent<HTMLInputElement>): void {
    // With these the field itself is used, so they cannot be chosen.
    if (event.key === "Tab") return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") return onCancel();
    if (event.key === "Enter") {
      if (problem === undefined) onKeys(keys);
      return;
    }
    if (event.key === "Backspace") return setKeys("");
    const chord = chordOf(event.nativeEvent);
    if (!chord) return;
    const pressed = writeChord(chord);
    setKeys(keys === "" || keys.includes(" ") ? pressed : `${keys} ${pressed}`);
  }

  return (
    <div className="key-field">
      <label>
        {words.keyboard.press(command.title)}
        <span className="key-field-box">
          <input autoFocus readOnly value={keys} aria-describedby="key-field-hint" onKeyDown={onKeyDown} />
          <span aria-hidden="true">
            {keys === "" ? (
              <span className="muted">{words.keyboard.pressHere}</span>
            ) : (
              <KeyCaps keys={keys} />
            )}
          </span>
        </span>
      </label>
      <Button className="button primary" isDisabled={problem !== undefined} onPress={() => onKeys(keys)}>
        {keys === "" ? words.keyboard.useNone : holder ? words.keyboard.takeOver : words.keyboard.use}
      </Button>
      <Button className="button" onPress={onCancel}>
        {words.keyboard.cancel}
      </Button>
      <p id="key-field-hint" role="status" data-problem={problem !== undefined || undefined}>
        {problem ?? (holder ? words.keyboard.taken(holder.title) : words.keyboard.pressHint)}
      </p>
    </div>
  );
}

function refusal(keys: string, command: Command<Place>): string | undefined {
  if (isKeptByBrowsers(keys)) return words.keyboard.kept;
  const hasModifiers = parseKeys(keys).every(({ mod, alt }) => mod || alt);
  return command.inFields && !hasModifiers ? words.keyboard.needsModifier : undefined;
}
