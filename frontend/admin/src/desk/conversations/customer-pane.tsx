import type { Conversation } from "@fireside/shared/protocol";
import { Dialog, Modal, ModalOverlay } from "react-aria-components";
import { NARROW, useMediaQuery } from "../../ui/browser";
import { IconButton } from "../../ui/icon-button";
import { CloseIcon } from "../../ui/icons";
import { words } from "../../app/words";
import { CustomerDetails } from "../../people/customers/customer";

interface CustomerPaneProps {
  conversation: Conversation;
  isShown: boolean;
  onShown(shown: boolean): void;
}

/** The third pane where there is room for it, else a drawer over the others. */
export function CustomerPane({ conversation, isShown, onShown }: CustomerPaneProps) {
  const isDrawer = useMediaQuery(NARROW);
  const hide = (
    <IconButton label={words.customer.hide} onPress={() => onShown(false)}>
      <CloseIcon />
    </IconButton>
  );
  if (!isDrawer) {
    return isShown ? (
      <aside className="pane customer-pane" aria-label={words.customer.title}>
        <div className="pane-header">
          <h2>{words.customer.title}</h2>
          {hide}
        </div>
        <CustomerDetails conversation={conversation} />
      </aside>
    ) : null;
  }
  return (
    <ModalOverlay className="overlay drawer-overlay" isOpen={isShown} onOpenChange={onShown} isDismissable>
      <Modal className="drawer">
        <Dialog className="dialog" aria-label={words.customer.title}>
          <div className="pane-header">
            <h2>{words.customer.title}</h2>
            {hide}
          </div>
          <CustomerDetails conversation={conversation} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
