import type { Conversation, EventName, Happenings, LaneName } from "@fireside/shared/protocol";
import type { ComponentType, KeyboardEvent, RefObject } from "react";
import { provided } from "../ui/provided";

/** An event of a conversation, as far as a sentence about it needs. */
export interface Told<Name extends EventName> {
  /** The name of the one who did it; "You" for this agent. */
  by: string;
  senderId: number;
  ownId: number;
  data: Happenings[Name];
}

export type EventLine<Name extends EventName> = (told: Told<Name>) => string;

/** The composer as one of its tools finds it. */
export interface ComposerToolProps {
  conversation: Conversation;
  lane: LaneName;
  text: string;
  field: RefObject<HTMLTextAreaElement | null>;
  /** Puts something in place of a part of the text, and the caret behind it. */
  replace(from: number, to: number, by: string): void;
  /** Hears keys before the composer does, and says whether it took one; one tool at a time. */
  keys: RefObject<((event: KeyboardEvent) => boolean) | undefined>;
}

/** A place in the text that keeps it from being sent, and why. */
export interface Refusal {
  from: number;
  to: number;
  why: string;
}

/** Something that helps with writing: what it shows stands above the field. */
export interface ComposerTool {
  id: string;
  View: ComponentType<ComposerToolProps>;
  refuses?(text: string): Refusal | undefined;
}

/** The places that features fill inside of a conversation; `app/slots.ts` says with what. */
export interface TalkSlots {
  /** The sentence of each event. */
  eventLines: { [Name in EventName]: EventLine<Name> };
  composerTools: readonly ComposerTool[];
}

export const [TalkSlotsProvider, useTalkSlots] = provided<TalkSlots>("the slots of talk");
