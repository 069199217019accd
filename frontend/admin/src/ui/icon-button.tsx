import type { ReactNode } from "react";
import {
  Button,
  type ButtonProps,
  ToggleButton,
  type ToggleButtonProps,
  Tooltip,
  TooltipTrigger,
} from "react-aria-components";

interface Labelled {
  label: string;
  /** The key that does the same. */
  shortcut?: string | undefined;
  children: ReactNode;
}

/** A button that shows only an icon: its name for screen readers, and as a tooltip for all others. */
export function IconButton({
  label,
  shortcut,
  children,
  ...props
}: Omit<ButtonProps, "children"> & Labelled) {
  return (
    <WithTooltip label={label} shortcut={shortcut}>
      <Button {...props} aria-label={label} className="icon-button">
        {children}
      </Button>
    </WithTooltip>
  );
}

export function IconToggle({
  label,
  shortcut,
  children,
  ...props
}: Omit<ToggleButtonProps, "children"> & Labelled) {
  return (
    <WithTooltip label={label} shortcut={shortcut}>
      <ToggleButton {...props} aria-label={label} className="icon-button">
        {children}
      </ToggleButton>
    </WithTooltip>
  );
}

function WithTooltip({ label, shortcut, children }: Labelled) {
  return (
    <TooltipTrigger delay={500}>
      {children}
      <Tooltip className="tooltip" offset={6}>
        {label}
        {shortcut !== undefined && <kbd>{shortcut}</kbd>}
      </Tooltip>
    </TooltipTrigger>
  );
}
