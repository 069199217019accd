import type { Conversation } from "@fireside/shared/protocol";
import { Dialog, Modal, ModalOverlay } from "react-aria-components";
import { Customer } from "../../people/customers/customer";
import { Team } from "../../people/team/team";
import { NARROW, useMediaQuery } from "../../ui/browser";
import { IconButton } from "../../ui/icon-button";
import { CloseIcon } from "../../ui/icons";
import { ConversationFacts } from "./facts";
import { words } from "./words";
import "./customer-pane.css";

interface CustomerPaneProps {
  conversation: Conversation;
  isShown: boolean;
  onShown(shown: boolean): void;
}

/** The third pane where there is room for it, else a drawer over the others. */
export function CustomerPane({ conversation, isShown, onShown }: CustomerPaneProps) {
  const isDrawer = useMediaQuery(NARROW);
  const hide = (
    <IconButton label={words.details.hide} onPress={() => onShown(false)}>
      <CloseIcon />
    </IconButton>
  );
  if (!isDrawer) {
    return isShown ? (
      <aside className="pane customer-pane" aria-label={words.details.title}>
        <div className="pane-header">
          <h2>{words.details.title}</h2>
          {hide}
        </div>
        <Details conversation={conversation} />
      </aside>
    ) : null;
  }
  return (
    <ModalOverlay className="overlay drawer-overlay" isOpen={isShown} onOpenChange={onShown} isDismissable>
      <Modal className="drawer">
        <Dialog className="dialog" aria-label={words.details.title}>
          <div className="pane-header">
            <h2>{words.details.title}</h2>
            {hide}
          </div>
          <Details conversation={conversation} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function Details({ conversation }: { conversation: Conversation }) {
  return (
    <div className="customer">
      <Customer customer={conversation.customer} />
      <ConversationFacts conversation={conversation} />
      <Team />
    </div>
  );
}
