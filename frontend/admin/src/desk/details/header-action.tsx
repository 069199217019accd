import { IconToggle } from "../../ui/icon-button";
import { PersonIcon } from "../../ui/icons";
import { useKeyName } from "../../ui/keymap";
import type { HeaderActionProps } from "../slots";
import { details } from "./command";
import { words } from "./words";

export function DetailsAction({ detailsShown, onDetails }: HeaderActionProps) {
  const key = useKeyName(details);
  return (
    <IconToggle label={words.show} shortcut={key} isSelected={detailsShown} onChange={onDetails}>
      <PersonIcon />
    </IconToggle>
  );
}
