import { lazy, Suspense } from "react";
import { Button } from "react-aria-components";
import { usePeople } from "../../people/people";
import type { HeaderActionProps } from "../slots";
import { words } from "./words";

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
      <span className="wide-only">
        <Button className="button quiet" onPress={() => onChange({ assignee_id: isMine ? null : agent.id })}>
          {label}
        </Button>
      </span>
      <Suspense fallback={<span className="icon-button" />}>
        <AssignMenu {...props} />
      </Suspense>
    </>
  );
}
