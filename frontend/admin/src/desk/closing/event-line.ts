import type { EventLine } from "../../talk/slots";
import { words } from "./words";

export const statusChanged: EventLine<"status_changed"> = ({ by, data }) =>
  data.status === "closed" ? words.event.closed(by) : words.event.reopened(by);
