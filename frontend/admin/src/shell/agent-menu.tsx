import type { ChosenStatus } from "@fireside/shared/protocol";
import { lazy, Suspense, useState } from "react";
import {
  Button,
  Header,
  Menu,
  MenuItem,
  MenuSection,
  MenuTrigger,
  Popover,
  type PopoverProps,
  Separator,
} from "react-aria-components";
import { AUTOMATIC, CHOICES, type Choice, choiceOf } from "../people/presence/choices";
import { useOwnStatus } from "../people/presence/own-status";
import { StatusText } from "../people/presence/status-text";
import { words as presenceWords } from "../people/presence/words";
import type { Agent } from "../people/sign-in/session";
import { useKeyName } from "../ui/keymap";
import { CheckIcon, MutedIcon, SoundIcon } from "../ui/icons";
import { help } from "./commands";
import { AgentFace } from "./agent-face";
import { words } from "./words";
import "./agent-menu.css";

const StatusDialog = lazy(async () => ({
  default: (await import("../people/presence/status-dialog")).StatusDialog,
}));

interface AgentMenuProps {
  agent: Agent;
  placement: PopoverProps["placement"] & {};
  isMuted: boolean;
  onMuted(muted: boolean): void;
  onHelp(): void;
  /** It was asked for before it was there. */
  isOpenAtFirst: boolean;
  onSignOut(): void;
  /** Something that was asked for here has failed, or is tried again. */
  onProblem(explanation: string | undefined): void;
}

/** The agent's own picture, with the status that colleagues and customers see, and the way out. */
export function AgentMenu({ agent, placement, ...props }: AgentMenuProps) {
  const helpKey = useKeyName(help);
  const { own, choose } = useOwnStatus();
  const [isEditing, setEditing] = useState(false);
  const choice = choiceOf(own);
  const hasText = choice.text !== "" || choice.emoji !== "" || choice.until !== undefined;

  function attempt(wanted: Choice): void {
    props.onProblem(undefined);
    choose(wanted).catch(() => props.onProblem(presenceWords.status.failed));
  }

  return (
    <>
      <MenuTrigger defaultOpen={props.isOpenAtFirst}>
        <Button className="agent-button">
          <AgentFace agent={agent} />
        </Button>
        <Popover className="popover" placement={placement}>
          <div className="agent-card">
            <strong>{agent.name}</strong>
            <span>{agent.email}</span>
            {own && hasText && <StatusText presence={own} />}
          </div>
          <Menu className="menu">
            <MenuSection
              selectionMode="single"
              shouldCloseOnSelect
              disallowEmptySelection
              selectedKeys={[choice.status]}
              onSelectionChange={(keys) => {
                const [chosen] = keys as Set<ChosenStatus>;
                if (chosen !== undefined) attempt({ ...choice, status: chosen });
              }}
            >
              <Header>{words.setStatus}</Header>
              {CHOICES.map(({ choice: each, dot }) => (
                <MenuItem key={each} id={each} className="menu-item" textValue={presenceWords.choices[each]}>
                  {({ isSelected }) => (
                    <>
                      <span className="presence-dot" data-status={dot} aria-hidden="true" />
                      {presenceWords.choices[each]}
                      {isSelected && <CheckIcon />}
                    </>
                  )}
                </MenuItem>
              ))}
            </MenuSection>
            <MenuItem id="status" className="menu-item" onAction={() => setEditing(true)}>
              {presenceWords.status.edit}
            </MenuItem>
            {hasText && (
              <MenuItem id="clear-status" className="menu-item" onAction={() => attempt(AUTOMATIC)}>
                {presenceWords.status.clear}
              </MenuItem>
            )}
            <Separator className="menu-separator" />
            <MenuItem
              id="sound"
              className="menu-item"
              textValue={props.isMuted ? words.unmute : words.mute}
              onAction={() => props.onMuted(!props.isMuted)}
            >
              {props.isMuted ? words.unmute : words.mute}
              {props.isMuted ? <MutedIcon /> : <SoundIcon />}
            </MenuItem>
            <MenuItem
              id="help"
              className="menu-item keyboard-only"
              textValue={words.shortcuts.title}
              onAction={props.onHelp}
            >
              {words.shortcuts.title}
              <kbd>{helpKey}</kbd>
            </MenuItem>
            <Separator className="menu-separator" />
            <MenuItem id="sign-out" className="menu-item" onAction={props.onSignOut}>
              {words.signOut}
            </MenuItem>
          </Menu>
        </Popover>
      </MenuTrigger>
      {isEditing && (
        <Suspense>
          <StatusDialog choice={choice} choose={choose} onClose={() => setEditing(false)} />
        </Suspense>
      )}
    </>
  );
}
