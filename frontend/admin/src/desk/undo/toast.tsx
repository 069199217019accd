import { useEffect, useState, useSyncExternalStore } from "react";
import { Button } from "react-aria-components";
import { IconButton } from "../../ui/icon-button";
import { CloseIcon } from "../../ui/icons";
import { useKeyName } from "../../ui/keymap";
import { useDesk } from "../desk";
import { undo as undoCommand } from "./command";
import type { Toast } from "./stack";
import { words } from "./words";
import "./toast.css";

const SHOWN_MS = 6_000;

/** What was just done, with its way back, for six seconds; as long as somebody is at it, it stays. */
export function UndoToast() {
  const { undo } = useDesk();
  const toast = useSyncExternalStore(undo.subscribe, undo.getToast);
  const [isHeld, setHeld] = useState(false);
  const undoKey = useKeyName(undoCommand);
  const id = toast?.id;

  useEffect(() => {
    if (id === undefined || isHeld) return;
    const timer = setTimeout(() => undo.hide(id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [undo, id, isHeld]);
  // A toast that goes takes its pointer and focus with it, without a word.
  useEffect(() => setHeld(false), [id]);

  return (
    <section className="toasts" aria-label={words.region} role="region">
      <div role="status">
        {toast && (
          <div
            className="toast"
            data-kind={toast.kind}
            onPointerEnter={() => setHeld(true)}
            onPointerLeave={() => setHeld(false)}
            onFocus={() => setHeld(true)}
            onBlur={() => setHeld(false)}
          >
            <p>{textOf(toast)}</p>
            {toast.kind === "done" && (
              <Button className="button small" onPress={() => void undo.undo()}>
                {words.undo}
                <kbd className="keyboard-only">{undoKey}</kbd>
              </Button>
            )}
            <IconButton label={words.hide} onPress={() => undo.hide(toast.id)}>
              <CloseIcon />
            </IconButton>
          </div>
        )}
      </div>
    </section>
  );
}

function textOf({ kind, said, why = "" }: Toast): string {
  if (kind === "undoing") return words.undoing(said);
  if (kind === "undone") return words.undone(said);
  return kind === "kept" ? words.kept(said, why) : said;
}
