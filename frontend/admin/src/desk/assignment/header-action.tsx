import { lazy, Suspense } from "react";
import { Button } from "react-aria-components";
import { usePeople } from "../../people/people";
import { AssignIcon, UnassignIcon } from "../../ui/icons";
import type { HeaderActionProps } from "../slots";
import { words } from "./words";
import "./header-action.css";

// Menus are large, and nobody opens one in the first second.
const AssignMenu = lazy(async () => ({ default: (await import("./assign-menu")).AssignMenu }));

export function AssignAction(props: HeaderActionProps) {
  const { assignee } = props.conversation;
  const { onChange } = props;
  const { agent } = usePeople();
  const isMine = assignee?.id === agent.id;
  const label = isMine ? words.unassign : assignee ? words.takeOver : words.assignToMe;
  return (
    <>
      {/* On a phone the customer's name needs the room, and the menu has this too. */}
      <span className="assign-quick">
        <Button
          className="button quiet"
          aria-label={label}
          onPress={() => onChange({ assignee_id: isMine ? null : agent.id })}
        >
          <span className="phone-only">{isMine ? <UnassignIcon /> : <AssignIcon />}</span>
          <span className="wide-only">{label}</span>
        </Button>
      </span>
      <Suspense fallback={<span className="icon-button" />}>
        <AssignMenu {...props} />
      </Suspense>
    </>
  );
}
