import type { PresenceStatus } from "@fireside/shared/protocol";
import { useState } from "react";
import { useLive } from "../app/context";
import { IconButton, IconToggle } from "../ui/icon-button";
import { ChatIcon, KeyboardIcon, MutedIcon, SoundIcon } from "../ui/icons";
import { words } from "../app/words";
import { AgentMenu } from "./agent-menu";

interface TopBarProps {
  status: PresenceStatus;
  onStatus(status: PresenceStatus): Promise<unknown>;
  onHelp(): void;
}

export function TopBar({ status, onStatus, onHelp }: TopBarProps) {
  const { agent, session, sound } = useLive();
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
    <header className="top-bar">
      <h1 className="brand">
        <span className="brand-mark">
          <ChatIcon />
        </span>
        {words.brand}
      </h1>
      <IconToggle
        label={isMuted ? words.shell.unmute : words.shell.mute}
        isSelected={isMuted}
        onChange={mute}
      >
        {isMuted ? <MutedIcon /> : <SoundIcon />}
      </IconToggle>
      <span className="keyboard-only">
        <IconButton label={words.shell.shortcuts} shortcut="?" onPress={onHelp}>
          <KeyboardIcon />
        </IconButton>
      </span>
      <AgentMenu
        agent={agent}
        status={status}
        onStatus={(wanted) => attempt(onStatus(wanted), words.shell.statusFailed)}
        onSignOut={() => attempt(session.logout(), words.shell.signOutFailed)}
      />
      <p className="top-bar-problem" role="alert">
        {problem}
      </p>
    </header>
  );
}
