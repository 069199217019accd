import type { NewMessage } from "@fireside/shared/log/new-message";
import type { RefObject } from "react";
import { provided } from "../../ui/provided";

export interface ComposerHandle {
  /** Go to the text, with some of the draft changed: its lane, say. */
  write(change: Partial<NewMessage>): void;
  /** Show what was begun elsewhere. */
  take(draft: NewMessage): void;
  /** Somebody is in the field, or about to write in it. */
  isBusy(): boolean;
}

/** The composer on the screen, for whatever else is there: null where there is nothing to write in. */
export const [ComposerProvider, useComposer] = provided<RefObject<ComposerHandle | null>>("the composer");
