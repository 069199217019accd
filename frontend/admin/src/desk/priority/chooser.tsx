import type { Priority } from "@fireside/shared/protocol";
import { Menu, MenuItem } from "react-aria-components";
import { CheckIcon } from "../../ui/icons";
import type { ChooserProps } from "../slots";
import { PriorityIcon } from "./icon";
import { words } from "./words";

const PRIORITIES: readonly Priority[] = ["urgent", "high", "normal", "low"];

export function PriorityChooser({ conversation, onChange, onClose }: ChooserProps) {
  const { priority: current = "normal" } = conversation;
  return (
    <>
      <h2 className="chooser-title">{words.title}</h2>
      <Menu
        className="menu"
        autoFocus="first"
        aria-label={words.title}
        selectionMode="single"
        selectedKeys={[current]}
      >
        {PRIORITIES.map((priority) => (
          <MenuItem
            key={priority}
            id={priority}
            className="menu-item"
            textValue={words.names[priority]}
            onAction={() => {
              if (priority !== current) onChange({ priority });
              onClose();
            }}
          >
            <PriorityIcon priority={priority} />
            {words.names[priority]}
            {priority === current && <CheckIcon />}
          </MenuItem>
        ))}
      </Menu>
    </>
  );
}
