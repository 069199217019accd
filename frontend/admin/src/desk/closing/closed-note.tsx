import { Button } from "react-aria-components";
import { ReopenIcon } from "../../ui/icons";
import { words } from "./words";
import "./closed-note.css";

/** In the composer's place, under a conversation that is closed. */
export function ClosedNote({ onReopen }: { onReopen(): void }) {
  return (
    <div className="composer closed-note">
      <p>
        <strong>{words.closed}</strong> {words.closedHint}
      </p>
      <Button className="button" onPress={onReopen}>
        <ReopenIcon />
        {words.reopen}
      </Button>
    </div>
  );
}
