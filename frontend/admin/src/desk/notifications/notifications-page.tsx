import type { Notification } from "@fireside/shared/protocol";
import { useState } from "react";
import { Button, Switch } from "react-aria-components";
import { usePreference } from "../../settings/preferences";
import { SettingsColumn, SettingsSection } from "../../settings/section";
import { useInboxes } from "../conversations/queries";
import { useDesk } from "../desk";
import { ownZone } from "../snoozing/times";
import { askForBanners, bannerPermission, showBanner } from "./banner";
import { pageWords } from "./page-words";
import { SOUND_NAMES, type SoundName } from "./sound";
import { words } from "./words";
import "./notifications-page.css";

type Kind = Notification["kind"];

/** What reaches oneself, and how. */
export function NotificationsPage() {
  return (
    <SettingsColumn title={words.title} hint={pageWords.hint}>
      <Browser />
      <Kinds />
      <Inboxes />
      <QuietHours />
    </SettingsColumn>
  );
}

/** What this browser does, and a try of it. */
function Browser() {
  const { sound } = useDesk();
  const [permission, setPermission] = useState(bannerPermission);
  const [isOn, setOn] = useState(!sound.muted);
  const [name, setName] = useState(sound.name);
  const [volume, setVolume] = useState(sound.volume);
  const [tested, setTested] = useState("");

  function test(): void {
    sound.play();
    const banner = showBanner("test", pageWords.testTitle, pageWords.testBody, () => {});
    setTested(pageWords.tested[sound.canPlay ? (banner ? "both" : "sound") : banner ? "banner" : "nothing"]);
  }

  return (
    <SettingsSection title={pageWords.browser} hint={pageWords.states[permission]}>
      {permission === "default" && (
        <Button className="button notify-button" onPress={() => void askForBanners().then(setPermission)}>
          {words.allow}
        </Button>
      )}
      <Toggle
        isOn={isOn}
        onChange={(wanted) => {
          sound.muted = !wanted;
          setOn(wanted);
        }}
        label={pageWords.play}
      />
      {isOn && (
        <div className="notify-fields">
          <label>
            {pageWords.whichSound}
            <select
              className="input"
              value={name}
              onChange={({ target }) => {
                sound.name = target.value as SoundName;
                setName(sound.name);
                sound.play();
              }}
            >
              {SOUND_NAMES.map((each) => (
                <option key={each} value={each}>
                  {pageWords.sounds[each]}
                </option>
              ))}
            </select>
          </label>
          <label>
            {pageWords.volume}
            <input
              type="range"
              min={0}
              max={100}
              step={5}
              value={Math.round(volume * 100)}
              onChange={({ target }) => {
                sound.volume = Number(target.value) / 100;
                setVolume(sound.volume);
              }}
              onPointerUp={() => sound.play()}
              onKeyUp={() => sound.play()}
            />
          </label>
        </div>
      )}
      <Button className="button notify-button" onPress={test}>
        {pageWords.test}
      </Button>
      <p className="notify-tested" role="status">
        {tested}
      </p>
    </SettingsSection>
  );
}

/** Names and numbers that are turned off, the same in all of one's browsers. */
function useOff<Name extends string | number>(preference: string) {
  const [off, setOff] = usePreference<readonly Name[]>(preference, []);
  return {
    isOn: (name: Name) => !off.includes(name),
    set(name: Name, isOn: boolean): void {
      const rest = off.filter((each) => each !== name);
      const next = isOn ? rest : [...rest, name];
      setOff(next.length === 0 ? null : next);
    },
  };
}

function Kinds() {
  const { isOn, set } = useOff<Kind>("notify.off");
  return (
    <SettingsSection title={pageWords.kinds}>
      {(Object.keys(pageWords.kind) as Kind[]).map((kind) => (
        <Toggle
          key={kind}
          isOn={isOn(kind)}
          onChange={(wanted) => set(kind, wanted)}
          label={pageWords.kind[kind]}
          hint={kind === "waiting" ? pageWords.waitingHint : undefined}
        />
      ))}
    </SettingsSection>
  );
}

function Inboxes() {
  const inboxes = useInboxes();
  const { isOn, set } = useOff<number>("notify.inboxes-off");
  return (
    <SettingsSection title={pageWords.inboxes} hint={pageWords.inboxesHint}>
      {inboxes?.length === 0 && <p className="muted">{pageWords.noInboxes}</p>}
      {inboxes?.map(({ id, name }) => (
        <Toggle key={id} isOn={isOn(id)} onChange={(wanted) => set(id, wanted)} label={name} />
      ))}
    </SettingsSection>
  );
}

const NO_QUIET = {};

function QuietHours() {
  const [quiet, setQuiet] = usePreference<{ from?: string; to?: string; zone?: string }>(
    "notify.quiet",
    NO_QUIET,
  );
  const { from, to, zone } = { from: "20:00", to: "08:00", zone: ownZone(), ...quiet };
  const isOn = quiet.zone !== undefined;

  function change(name: "from" | "to", time: string): void {
    // A field that is being filled in has no time yet.
    if (time !== "") setQuiet({ from, to, zone, [name]: time });
  }

  return (
    <SettingsSection title={pageWords.quiet} hint={pageWords.quietHint(zone)}>
      <Toggle
        isOn={isOn}
        onChange={(wanted) => setQuiet(wanted ? { from, to, zone: ownZone() } : null)}
        label={pageWords.quietOn}
      />
      {isOn && (
        <div className="notify-fields">
          <label>
            {pageWords.from}
            <input
              className="input"
              type="time"
              value={from}
              onChange={({ target }) => change("from", target.value)}
            />
          </label>
          <label>
            {pageWords.to}
            <input
              className="input"
              type="time"
              value={to}
              onChange={({ target }) => change("to", target.value)}
            />
          </label>
        </div>
      )}
    </SettingsSection>
  );
}

interface ToggleProps {
  isOn: boolean;
  onChange(isOn: boolean): void;
  label: string;
  hint?: string | undefined;
}

function Toggle({ isOn, onChange, label, hint }: ToggleProps) {
  return (
    <Switch className="switch" isSelected={isOn} onChange={onChange}>
      <span className="switch-track" />
      <span>
        {label}
        {hint !== undefined && <small>{hint}</small>}
      </span>
    </Switch>
  );
}
