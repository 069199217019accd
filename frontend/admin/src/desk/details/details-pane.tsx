import type { Conversation } from "@fireside/shared/protocol";
import { lazy, Suspense } from "react";
import { NARROW, useMediaQuery } from "../../ui/browser";
import { IconButton } from "../../ui/icon-button";
import { CloseIcon } from "../../ui/icons";
import { useDeskSlots } from "../slots";
import { words } from "./words";
import "./details-pane.css";

const Drawer = lazy(async () => ({ default: (await import("./drawer")).Drawer }));

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
    <Suspense>
      <Drawer label={words.title} isShown={isShown} onShown={onShown}>
        {content}
      </Drawer>
    </Suspense>
  );
}
