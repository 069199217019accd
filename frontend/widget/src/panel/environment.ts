import { browserWakeups, systemClock, tabName, uuid } from "@fireside/shared";

declare const FIRESIDE_VERSION: string;

/** The parts of the browser that the panel uses; its own origin is the chat's. */
export const environment = {
  origin: location.origin,
  version: FIRESIDE_VERSION,
  tab: tabName(uuid),
  clock: systemClock,
  WebSocket,
  fetch: fetch.bind(window),
  wakeups: browserWakeups(systemClock),
};
