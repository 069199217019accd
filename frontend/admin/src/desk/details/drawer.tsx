import type { ReactNode } from "react";
import { Dialog, Modal, ModalOverlay } from "react-aria-components";

interface DrawerProps {
  label: string;
  isShown: boolean;
  onShown(shown: boolean): void;
  children: ReactNode;
}

/** The customer over the other panes, where there is no room beside them. */
export function Drawer({ label, isShown, onShown, children }: DrawerProps) {
  return (
    <ModalOverlay className="overlay drawer-overlay" isOpen={isShown} onOpenChange={onShown} isDismissable>
      <Modal className="drawer">
        <Dialog className="dialog" aria-label={label}>
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
