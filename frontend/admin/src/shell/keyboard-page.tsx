import { useState } from "react";
import { Button, Switch } from "react-aria-components";
import { usePreference } from "../settings/preferences";
import { SettingsColumn, SettingsSection } from "../settings/section";
import type { Command, CommandGroup } from "../ui/command";
import { type Keymap, remap, withKeys } from "../ui/keymap";
import { ReopenIcon } from "../ui/icons";
import { IconButton } from "../ui/icon-button";
import { KeyCaps } from "../ui/key-caps";
import { KeyField } from "./key-field";
import { useShellSlots } from "./slots";
import type { Place } from "./commands";
import { words } from "./words";
import "./keyboard-page.css";

const NO_KEYS: Keymap = {};

/** Which keys do what, and how one would have it. */
export function KeyboardPage() {
  const { commands: own } = useShellSlots();
  const [singleKeys, setSingleKeys] = usePreference<boolean>("single-keys", true);
  const [keymap, setKeymap] = usePreference<Keymap>("keys", NO_KEYS);
  const [changing, setChanging] = useState<string>();
  const commands = remap(own, keymap);
  const { groups } = words.shortcuts;

  function change(next: Keymap): void {
    setKeymap(Object.keys(next).length === 0 ? null : next);
  }

  function reset(id: string): void {
    const { [id]: _, ...others } = keymap;
    change(others);
  }

  return (
    <SettingsColumn
      title={words.keyboard.title}
      hint={words.keyboard.hint}
      action={
        <Button
          className="button"
          isDisabled={Object.keys(keymap).length === 0}
          onPress={() => setKeymap(null)}
        >
          {words.keyboard.resetAll}
        </Button>
      }
    >
      <Switch className="switch" isSelected={singleKeys} onChange={setSingleKeys}>
        <span className="switch-track" />
        <span>
          {words.shortcuts.enabled}
          <small>{words.shortcuts.enabledHint}</small>
        </span>
      </Switch>
      {(Object.keys(groups) as CommandGroup[]).map((group) => {
        const some = commands.filter((command) => command.group === group);
        if (some.length === 0) return null;
        return (
          <SettingsSection key={group} title={groups[group]}>
            <ul className="key-list">
              {some.map((command) => (
                <li key={command.id}>
                  <KeyRow
                    command={command}
                    commands={commands}
                    isChosen={command.id in keymap}
                    isChanging={command.id === changing}
                    onChanging={(isOn) => setChanging(isOn ? command.id : undefined)}
                    onKeys={(keys) => {
                      setChanging(undefined);
                      change(
                        keys === ""
                          ? { ...keymap, [command.id]: [] }
                          : withKeys(keymap, command.id, keys, commands),
                      );
                    }}
                    onReset={() => reset(command.id)}
                  />
                </li>
              ))}
            </ul>
          </SettingsSection>
        );
      })}
    </SettingsColumn>
  );
}

interface RowProps {
  command: Command<Place>;
  commands: readonly Command<Place>[];
  /** The agent has chosen its keys. */
  isChosen: boolean;
  isChanging: boolean;
  onChanging(isOn: boolean): void;
  onKeys(keys: string): void;
  onReset(): void;
}

function KeyRow({ command, commands, isChosen, isChanging, onChanging, onKeys, onReset }: RowProps) {
  if (isChanging) {
    return (
      <KeyField command={command} commands={commands} onKeys={onKeys} onCancel={() => onChanging(false)} />
    );
  }
  return (
    <div className="key-row">
      <span className="key-title">{command.title}</span>
      {isChosen && (
        <IconButton label={words.keyboard.reset(command.title)} onPress={onReset}>
          <ReopenIcon />
        </IconButton>
      )}
      <Button className="key-button" onPress={() => onChanging(true)}>
        <span className="visually-hidden">{words.keyboard.change(command.title)}</span>
        {command.keys.length === 0 && <span className="muted">{words.keyboard.none}</span>}
        {command.keys.map((keys) => (
          <KeyCaps key={keys} keys={keys} />
        ))}
      </Button>
    </div>
  );
}
