import type { PresenceStatus } from "@fireside/shared/protocol";
import { useState } from "react";
import { useDesk } from "../desk/desk";
import { usePeople } from "../people/people";
import { BRAND } from "../ui/brand";
import { keyName } from "../ui/command";
import { IconButton, IconToggle } from "../ui/icon-button";
import { ChatIcon, KeyboardIcon, MutedIcon, SoundIcon } from "../ui/icons";
import { AgentMenu } from "./agent-menu";
import { help } from "./commands";
import { words } from "./words";
import "./top-bar.css";

interface TopBarProps {
  status: PresenceStatus;
  onStatus(status: PresenceStatus): Promise<unknown>;
  onHelp(): void;
}

export function TopBar({ status, onStatus, onHelp }: TopBarProps) {
  const { agent, session } = usePeople();
  const { sound } = useDesk();
  const [isMuted, setMuted] = useState(sound.muted);
  const [problem, setProblem] = useState<string>();

  function mute(muted: boolean): void {
    sound.muted = muted;
    setMuted(muted);
  }

  function attempt(action: Promise<unknown>, explanation: string): void {
    setProblem(undefined);
    action.catch(() => setProblem(explanation));
  }

  return (
    <header className="pane-header top-bar">
      <h1 className="brand">
        <span className="brand-mark">
          <ChatIcon />
        </span>
        {BRAND}
      </h1>
      <IconToggle label={isMuted ? words.unmute : words.mute} isSelected={isMuted} onChange={mute}>
        {isMuted ? <MutedIcon /> : <SoundIcon />}
      </IconToggle>
      <span className="keyboard-only">
        <IconButton label={words.shortcuts.title} shortcut={keyName(help)} onPress={onHelp}>
          <KeyboardIcon />
        </IconButton>
      </span>
      <AgentMenu
        agent={agent}
        status={status}
        onStatus={(wanted) => attempt(onStatus(wanted), words.statusFailed)}
        onSignOut={() => attempt(session.logout(), words.signOutFailed)}
      />
      <p className="top-bar-problem" role="alert">
        {problem}
      </p>
    </header>
  );
}
