import { Button } from "react-aria-components";
import { CheckIcon, ReopenIcon } from "../../ui/icons";
import type { HeaderActionProps } from "../slots";
import { words } from "./words";

export function CloseAction({ conversation: { status }, onChange }: HeaderActionProps) {
  const isOpen = status !== "closed";
  const label = isOpen ? words.close : words.reopen;
  return (
    <Button
      className="button quiet"
      aria-label={label}
      onPress={() => onChange({ status: isOpen ? "closed" : "open" })}
    >
      {isOpen ? <CheckIcon /> : <ReopenIcon />}
      <span className="wide-only">{label}</span>
    </Button>
  );
}
