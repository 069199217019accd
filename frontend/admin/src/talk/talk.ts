import { provided } from "../ui/provided";
import type { Drafts } from "./composer/drafts";
import type { RecentRooms } from "./rooms";

/** The parts that the conversations on the screen need. */
export interface Talk {
  rooms: RecentRooms;
  drafts: Drafts;
}

export const [TalkProvider, useTalk] = provided<Talk>("talk");
