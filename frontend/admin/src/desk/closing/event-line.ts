import type { EventLine } from "../../talk/slots";
import { words } from "./words";

export const statusChanged: EventLine<"status_changed"> = ({ by, data: { status, cause } }) => {
  if (cause === "customer") return words.event.reopenedByCustomer;
  return status === "closed" ? words.event.closed(by) : words.event.reopened(by);
};
