import type { EventLine } from "../../talk/slots";
import { wallTime } from "./times";
import { words } from "./words";

export const snoozed: EventLine<"snoozed"> = ({ by, data: { until } }) =>
  until === null ? words.event.untilCustomer(by) : words.event.until(by, wallTime(Date.parse(until)));

export const woken: EventLine<"woken"> = ({ by, data: { cause } }) =>
  cause === "agent" ? words.event.byAgent(by) : words.event[cause];
