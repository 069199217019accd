import type { EventName } from "@fireside/shared/protocol";
import { provided } from "../ui/provided";

/** An event of a conversation, as far as a sentence about it needs. */
export interface Told {
  /** Whoever did it, by name; "You" for this agent. */
  by: string;
  senderId: number;
  ownId: number;
  data: Record<string, unknown>;
}

export type EventLine = (told: Told) => string;

/** The places that features fill inside of a conversation; `app/slots.ts` says with what. */
export interface TalkSlots {
  /** The sentence of each event. */
  eventLines: Record<EventName, EventLine>;
}

export const [TalkSlotsProvider, useTalkSlots] = provided<TalkSlots>("the slots of talk");
