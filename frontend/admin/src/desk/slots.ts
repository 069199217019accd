import type { Conversation } from "@fireside/shared/protocol";
import type { ComponentType } from "react";
import { provided } from "../ui/provided";
import type { Chooser } from "./choosing/choosing";
import type { UndoStack } from "./undo/stack";
import type { ConversationChange } from "@fireside/shared/protocol/rest";

export interface HeaderActionProps {
  conversation: Conversation;
  onChange(change: ConversationChange): void;
  detailsShown: boolean;
  onDetails(shown: boolean): void;
}

export interface ChooserProps {
  conversation: Conversation;
  onChange(change: ConversationChange): void;
  onClose(): void;
}

/** The places that features of the desk fill; `app/slots.ts` says with what. */
export interface DeskSlots {
  /** Columns before the list, from the start of the line; each is a `Resizable`. */
  columns: readonly ComponentType[];
  /** Buttons above a conversation. */
  headerActions: readonly ComponentType<HeaderActionProps>[];
  /** Marks at the end of a row of the list. */
  rowBadges: readonly ComponentType<{ conversation: Conversation }>[];
  /** Sections beside a conversation. */
  panes: readonly ComponentType<{ conversation: Conversation }>[];
  /** What is chosen in a dialog of its own. */
  choosers: Readonly<Record<Chooser, ComponentType<ChooserProps>>>;
}

export const [DeskSlotsProvider, useDeskSlots] = provided<DeskSlots>("the desk's slots");

/** The screen as a command of the desk finds it. */
export interface DeskPlace {
  /** The one on the screen, once it is known. */
  conversation: Conversation | undefined;
  agentId: number;
  change(change: ConversationChange): void;
  /** Opens a conversation further down the list, or up. */
  step(by: number): void;
  toggleDetails(): void;
  /** Puts the conversation back as unread for this agent. */
  markUnread(): void;
  /** Takes the row under the keyboard, or the open conversation, into the selection, or out of it. */
  select(): void;
  /** Opens the dialog in which something of the conversation is chosen. */
  choose(chooser: Chooser): void;
  /** What was done and can be taken back; a command that does something reversible says so with `undo.did`. */
  undo: UndoStack;
  /** Opens an address of the app, below /admin. */
  go(path: string): void;
}
