import { useSyncExternalStore } from "react";
import { Button } from "react-aria-components";
import { useDesk } from "../desk";
import { words } from "./words";
import "./bar.css";

/** How far a change of many conversations is, with the way to stop it. */
export default function BulkProgress() {
  const { bulk } = useDesk();
  const action = useSyncExternalStore(bulk.subscribe, bulk.get);
  if (!action) return null;
  const isUndo = action.state === "undoing";
  const [done, total] = isUndo
    ? [action.undone + action.kept, action.changed]
    : [action.changed + action.skipped, action.total];
  const said = isUndo ? words.undoing(done, total) : words.working(done, total);
  return (
    <div className="bulk-progress">
      <progress value={done} max={total} aria-label={said} />
      <span aria-hidden="true">{said}</span>
      {!isUndo && (
        <Button className="link" onPress={() => void bulk.cancel(action)}>
          {words.cancel}
        </Button>
      )}
    </div>
  );
}
