import type { Conversation } from "@fireside/shared/protocol";
import { Dialog, Modal, ModalOverlay } from "react-aria-components";
import { NARROW, useMediaQuery } from "../../ui/browser";
import { IconButton } from "../../ui/icon-button";
import { CloseIcon } from "../../ui/icons";
import { useDeskSlots } from "../slots";
import { words } from "./words";
import "./details-pane.css";

interface DetailsPaneProps {
  conversation: Conversation;
  isShown: boolean;
  onShown(shown: boolean): void;
}

/** The third pane where there is room for it, else a drawer over the others. */
export function DetailsPane({ conversation, isShown, onShown }: DetailsPaneProps) {
  const isDrawer = useMediaQuery(NARROW);
  const { panes } = useDeskSlots();
  const content = (
    <>
      <div className="pane-header">
        <h2>{words.title}</h2>
        <IconButton label={words.hide} onPress={() => onShown(false)}>
          <CloseIcon />
        </IconButton>
      </div>
      <div className="customer">
        {panes.map((Pane, place) => (
          <Pane key={place} conversation={conversation} />
        ))}
      </div>
    </>
  );
  if (!isDrawer) {
    return isShown ? (
      <aside className="pane customer-pane" aria-label={words.title}>
        {content}
      </aside>
    ) : null;
  }
  return (
    <ModalOverlay className="overlay drawer-overlay" isOpen={isShown} onOpenChange={onShown} isDismissable>
      <Modal className="drawer">
        <Dialog className="dialog" aria-label={words.title}>
          {content}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
