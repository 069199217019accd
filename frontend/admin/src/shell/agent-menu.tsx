import type { PresenceStatus } from "@fireside/shared/protocol";
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
import { words as presenceWords } from "../people/presence/words";
import type { Agent } from "../people/sign-in/session";
import { useKeyName } from "../ui/keymap";
import { CheckIcon, MutedIcon, SoundIcon } from "../ui/icons";
import { help } from "./commands";
import { AgentFace } from "./agent-face";
import { words } from "./words";
import "./agent-menu.css";

const STATUSES: readonly PresenceStatus[] = ["online", "away", "busy", "offline"];

interface AgentMenuProps {
  agent: Agent;
  status: PresenceStatus;
  placement: PopoverProps["placement"] & {};
  onStatus(status: PresenceStatus): void;
  isMuted: boolean;
  onMuted(muted: boolean): void;
  onHelp(): void;
  /** It was asked for before it was there. */
  isOpenAtFirst: boolean;
  onSignOut(): void;
}

/** The agent's own picture, with the status that colleagues and customers see, and the way out. */
export function AgentMenu({ agent, status, placement, onStatus, ...props }: AgentMenuProps) {
  const helpKey = useKeyName(help);
  return (
    <MenuTrigger defaultOpen={props.isOpenAtFirst}>
      <Button className="agent-button">
        <AgentFace agent={agent} status={status} />
      </Button>
      <Popover className="popover" placement={placement}>
        <div className="agent-card">
          <strong>{agent.name}</strong>
          <span>{agent.email}</span>
        </div>
        <Menu className="menu">
          <MenuSection
            selectionMode="single"
            disallowEmptySelection
            selectedKeys={[status]}
            onSelectionChange={(keys) => {
              const [chosen] = keys as Set<PresenceStatus>;
              if (chosen !== undefined) onStatus(chosen);
            }}
          >
            <Header>{words.setStatus}</Header>
            {STATUSES.map((choice) => (
              <MenuItem key={choice} id={choice} className="menu-item" textValue={presenceWords[choice]}>
                {({ isSelected }) => (
                  <>
                    <span className="presence-dot" data-status={choice} aria-hidden="true" />
                    {presenceWords[choice]}
                    {isSelected && <CheckIcon />}
                  </>
                )}
              </MenuItem>
            ))}
          </MenuSection>
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
  );
}
