import { Switch } from "react-aria-components";
import { usePreference } from "../settings/preferences";
import { SettingsColumn, SettingsSection } from "../settings/section";
import { type CommandGroup, keyCaps } from "../ui/command";
import { useShellSlots } from "./slots";
import { words } from "./words";
import "./keyboard-page.css";

/** Which keys do what. */
export function KeyboardPage() {
  const { commands } = useShellSlots();
  const [singleKeys, setSingleKeys] = usePreference("single-keys", true);
  const { groups } = words.shortcuts;
  return (
    <SettingsColumn title={words.keyboard.title} hint={words.keyboard.hint}>
      <Switch className="switch" isSelected={singleKeys} onChange={setSingleKeys}>
        <span className="switch-track" />
        <span>
          {words.shortcuts.enabled}
          <small>{words.shortcuts.enabledHint}</small>
        </span>
      </Switch>
      {(Object.keys(groups) as CommandGroup[]).map((group) => {
        const own = commands.filter((command) => command.group === group);
        if (own.length === 0) return null;
        return (
          <SettingsSection key={group} title={groups[group]}>
            <ul className="key-list">
              {own.map((command) => (
                <li key={command.id}>
                  {command.title}
                  <span className="key-caps">
                    {keyCaps(command).map((cap, place) => (
                      <kbd key={place}>{cap}</kbd>
                    ))}
                  </span>
                </li>
              ))}
            </ul>
          </SettingsSection>
        );
      })}
    </SettingsColumn>
  );
}
