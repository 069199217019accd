import { keyName } from "../../ui/command";
import { IconToggle } from "../../ui/icon-button";
import { PersonIcon } from "../../ui/icons";
import type { HeaderActionProps } from "../slots";
import { details } from "./command";
import { words } from "./words";

export function DetailsAction({ detailsShown, onDetails }: HeaderActionProps) {
  return (
    <IconToggle label={words.show} shortcut={keyName(details)} isSelected={detailsShown} onChange={onDetails}>
      <PersonIcon />
    </IconToggle>
  );
}
