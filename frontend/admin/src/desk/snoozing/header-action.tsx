import { IconButton } from "../../ui/icon-button";
import { ClockIcon } from "../../ui/icons";
import { useKeyName } from "../../ui/keymap";
import { useDesk } from "../desk";
import { snooze } from "./command";
import { words } from "./words";

export function SnoozeAction() {
  const { choosing } = useDesk();
  const key = useKeyName(snooze);
  return (
    <IconButton label={words.snooze} shortcut={key} onPress={() => choosing.open("snooze")}>
      <ClockIcon />
    </IconButton>
  );
}
