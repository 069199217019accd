import type { EventLine } from "../../talk/slots";
import { words } from "./words";

export const priorityChanged: EventLine<"priority_changed"> = ({ by, data: { priority } }) =>
  words.event(by, words.names[priority] ?? priority);
