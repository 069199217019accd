import type { Delivery } from "@fireside/shared/log/timeline";
import type { ReactNode } from "react";
import { CheckIcon, ClockIcon, DoubleCheckIcon } from "../../ui/icons";
import { words } from "./words";
import "./delivery.css";

/** The state of the newest own message: a word with its sign. */
export function DeliveryLine({ state, isOffline }: { state: Delivery["state"]; isOffline: boolean }) {
  // A message that failed says so beside its text, with what to do about it.
  if (state === "failed") return null;
  const [icon, text] = appearance(state, isOffline);
  return (
    <p className="message-under delivery" data-state={state}>
      {icon}
      {text}
    </p>
  );
}

function appearance(state: Exclude<Delivery["state"], "failed">, isOffline: boolean): [ReactNode, string] {
  switch (state) {
    case "sending":
      return [<ClockIcon key="icon" />, isOffline ? words.message.waiting : words.message.sending];
    case "sent":
      return [<CheckIcon key="icon" />, words.message.sent];
    case "delivered":
      return [<DoubleCheckIcon key="icon" />, words.message.delivered];
    case "seen":
      return [<DoubleCheckIcon key="icon" />, words.message.seen];
  }
}
