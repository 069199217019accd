import type { Conversation } from "@fireside/shared/protocol";
import { Button } from "react-aria-components";
import { ClockIcon } from "../../ui/icons";
import { useDesk } from "../desk";
import { wallTime } from "./times";
import { words } from "./words";
import "./snoozed-bar.css";

interface SnoozedBarProps {
  conversation: Conversation;
  onWake(): void;
}

/** Says under the header that a conversation is put aside, and until when. */
export function SnoozedBar({ conversation: { status, snoozed_until }, onWake }: SnoozedBarProps) {
  const { choosing } = useDesk();
  if (status !== "snoozed") return null;
  return (
    <p className="snoozed-bar" title={words.wakes}>
      <ClockIcon />
      <span>{snoozed_until ? words.until(wallTime(Date.parse(snoozed_until))) : words.untilCustomer}</span>
      <Button className="link" aria-label={words.change} onPress={() => choosing.open("snooze")}>
        {words.changeShort}
      </Button>
      <Button className="link" onPress={onWake}>
        {words.wake}
      </Button>
    </p>
  );
}
