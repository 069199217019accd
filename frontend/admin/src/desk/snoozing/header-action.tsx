import { IconButton } from "../../ui/icon-button";
import { ClockIcon } from "../../ui/icons";
import { useKeyName } from "../../ui/keymap";
import { useDesk } from "../desk";
import { snooze } from "./command";
import { words } from "./words";

/** On a phone it stands among the details instead. */
export function SnoozeAction() {
  const { choosing } = useDesk();
  const key = useKeyName(snooze);
  return (
    <span className="wide-only">
      <IconButton label={words.snooze} shortcut={key} onPress={() => choosing.open("snooze")}>
        <ClockIcon />
      </IconButton>
    </span>
  );
}
