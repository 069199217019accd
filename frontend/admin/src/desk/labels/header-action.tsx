import { IconButton } from "../../ui/icon-button";
import { LabelIcon } from "../../ui/icons";
import { useKeyName } from "../../ui/keymap";
import { useDesk } from "../desk";
import { setLabels } from "./command";
import { words } from "./words";

/** On a phone they stand among the details instead. */
export function LabelsAction() {
  const { choosing } = useDesk();
  const key = useKeyName(setLabels);
  return (
    <span className="wide-only">
      <IconButton label={words.edit} shortcut={key} onPress={() => choosing.open("labels")}>
        <LabelIcon />
      </IconButton>
    </span>
  );
}
