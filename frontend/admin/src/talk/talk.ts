import { provided } from "../ui/provided";
import type { Drafts } from "./drafts/drafts";
import type { Reading } from "./reading/reading";
import type { RecentRooms } from "./rooms";

/** The parts that the conversations on the screen need. */
export interface Talk {
  rooms: RecentRooms;
  drafts: Drafts;
  reading: Reading;
}

export const [TalkProvider, useTalk] = provided<Talk>("talk");
