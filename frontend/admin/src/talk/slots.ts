import type { EventName, Happenings } from "@fireside/shared/protocol";
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

/** The places that features fill inside of a conversation; `app/slots.ts` says with what. */
export interface TalkSlots {
  /** The sentence of each event. */
  eventLines: { [Name in EventName]: EventLine<Name> };
}

export const [TalkSlotsProvider, useTalkSlots] = provided<TalkSlots>("the slots of talk");
