import type { EventLine } from "../../talk/slots";
import { words } from "./words";

export const assigned: EventLine<"assigned"> = ({ by, data, senderId, ownId }) => {
  const { user_id, name } = data;
  if (user_id === null) return words.event.unassigned(by);
  if (user_id === senderId) return words.event.taken(by);
  return words.event.assigned(by, user_id === ownId ? words.event.you : String(name));
};

export const teamChanged: EventLine<"team_changed"> = ({ by, data: { name } }) =>
  name === null ? words.event.noTeam(by) : words.event.team(by, name);
