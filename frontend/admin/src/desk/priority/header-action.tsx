import { IconButton } from "../../ui/icon-button";
import { useKeyName } from "../../ui/keymap";
import { useDesk } from "../desk";
import type { HeaderActionProps } from "../slots";
import { setPriority } from "./command";
import { PriorityIcon } from "./icon";
import { words } from "./words";

/** On a phone it stands among the details instead. */
export function PriorityAction({ conversation: { priority = "normal" } }: HeaderActionProps) {
  const { choosing } = useDesk();
  const key = useKeyName(setPriority);
  return (
    <span className="wide-only">
      <IconButton
        label={words.label(words.names[priority])}
        shortcut={key}
        onPress={() => choosing.open("priority")}
      >
        <PriorityIcon priority={priority} />
      </IconButton>
    </span>
  );
}
