import { Dialog, Heading, Modal, ModalOverlay, Switch } from "react-aria-components";
import { type Command, type CommandGroup, keyCaps } from "../ui/command";
import { IconButton } from "../ui/icon-button";
import { CloseIcon } from "../ui/icons";
import type { Place } from "./commands";
import { words } from "./words";
import "./shortcuts-dialog.css";

interface ShortcutsDialogProps {
  commands: readonly Command<Place>[];
  isOpen: boolean;
  onOpenChange(open: boolean): void;
  enabled: boolean;
  onEnabledChange(enabled: boolean): void;
}

export function ShortcutsDialog({
  commands,
  isOpen,
  onOpenChange,
  enabled,
  onEnabledChange,
}: ShortcutsDialogProps) {
  const { groups } = words.shortcuts;
  return (
    <ModalOverlay className="overlay" isOpen={isOpen} onOpenChange={onOpenChange} isDismissable>
      <Modal className="dialog-frame">
        <Dialog className="dialog">
          <header className="dialog-header">
            <Heading slot="title">{words.shortcuts.title}</Heading>
            <IconButton label={words.shortcuts.close} onPress={() => onOpenChange(false)}>
              <CloseIcon />
            </IconButton>
          </header>
          <div className="shortcuts">
            {(Object.keys(groups) as CommandGroup[]).map((group) => {
              const own = commands.filter((command) => command.group === group && command.keys.length > 0);
              if (own.length === 0 && group !== "write") return null;
              return (
                <section key={group}>
                  <h3>{groups[group]}</h3>
                  <dl>
                    {own.map((command) => (
                      <Keys key={command.id} keys={keyCaps(command)} meaning={command.title} />
                    ))}
                    {group === "write" && (
                      <>
                        <Keys keys={["Enter"]} meaning={words.shortcuts.send} />
                        <Keys keys={["Shift", "Enter"]} meaning={words.shortcuts.newLine} />
                        <Keys keys={["Esc"]} meaning={words.shortcuts.leave} />
                      </>
                    )}
                  </dl>
                </section>
              );
            })}
          </div>
          <Switch className="switch" isSelected={enabled} onChange={onEnabledChange}>
            <span className="switch-track" />
            <span>
              {words.shortcuts.enabled}
              <small>{words.shortcuts.enabledHint}</small>
            </span>
          </Switch>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function Keys({ keys, meaning }: { keys: readonly string[]; meaning: string }) {
  return (
    <div>
      <dt>{meaning}</dt>
      <dd>
        {keys.map((key) => (
          <kbd key={key}>{key}</kbd>
        ))}
      </dd>
    </div>
  );
}
