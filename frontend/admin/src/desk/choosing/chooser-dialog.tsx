import type { Conversation } from "@fireside/shared/protocol";
import type { ConversationChange } from "@fireside/shared/protocol/rest";
import { Suspense, useEffect, useSyncExternalStore } from "react";
import { Dialog, Modal, ModalOverlay } from "react-aria-components";
import { useDesk } from "../desk";
import { useDeskSlots } from "../slots";
import { words } from "./words";
import "./chooser-dialog.css";

interface ChooserDialogProps {
  conversation: Conversation;
  onChange(change: ConversationChange): void;
}

/** The dialog in which something of the conversation is chosen, by whichever way it was opened. */
export function ChooserDialog({ conversation, onChange }: ChooserDialogProps) {
  const { choosing } = useDesk();
  const { choosers } = useDeskSlots();
  const open = useSyncExternalStore(choosing.subscribe, choosing.get);
  const Choices = open && choosers[open];
  const close = () => choosing.close();
  // It belongs to the conversation that it was opened over.
  useEffect(() => close, [conversation.id]);
  return (
    <ModalOverlay
      className="overlay chooser-overlay"
      isOpen={Choices !== undefined}
      onOpenChange={(isOpen) => isOpen || close()}
      isDismissable
    >
      <Modal className="dialog-frame chooser-frame">
        <Dialog className="chooser" aria-label={open ? words[open] : ""}>
          {/* Here, or the whole desk would wait for it. */}
          <Suspense>
            {Choices && <Choices conversation={conversation} onChange={onChange} onClose={close} />}
          </Suspense>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
