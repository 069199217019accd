import { useSyncExternalStore } from "react";
import { useDesk } from "../desk";
import { words } from "./words";
import "./row-check.css";

interface RowCheckProps {
  id: string;
  name: string;
  /** The list in which the row stands. */
  list: string;
}

/** Takes a row into the selection; seen under the pointer, and wherever something is selected. */
export function RowCheck({ id, name, list }: RowCheckProps) {
  const { selection } = useDesk();
  const selected = useSyncExternalStore(selection.subscribe, selection.get);
  const isHere = selected.list === list;
  return (
    <input
      type="checkbox"
      className="row-check"
      aria-label={words.row(name)}
      tabIndex={-1}
      data-some={isHere || undefined}
      checked={isHere && (selected.isAll || selected.ids.has(id))}
      onChange={() => selection.toggle(list, id)}
    />
  );
}
