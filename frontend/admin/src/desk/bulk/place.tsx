import type { Conversation } from "@fireside/shared/protocol";
import { lazy, Suspense, useSyncExternalStore } from "react";
import { useDesk } from "../desk";
import { type CurrentList, keyOf, useViews } from "../views/current";

// Nobody selects anything in the first second.
const BulkBar = lazy(() => import("./bar"));
const BulkProgress = lazy(() => import("./progress"));
/** At this the server counts no further. */
const MANY = 1000;

interface PlaceProps {
  list: CurrentList;
  rows: readonly Conversation[];
  hasMore: boolean;
}

/** The place above the rows for what concerns many of them. */
export function BulkPlace({ list, rows, hasMore }: PlaceProps) {
  const { selection, bulk } = useDesk();
  const selected = useSyncExternalStore(selection.subscribe, selection.get);
  const action = useSyncExternalStore(bulk.subscribe, bulk.get);
  const { counts } = useViews();
  const counted = list.filters.length === 0 ? counts[list.address.view] : undefined;
  const count = !hasMore
    ? String(rows.length)
    : counted === undefined || counted >= MANY
      ? ""
      : String(counted);
  return (
    <Suspense>
      {action && <BulkProgress />}
      {selected.list === keyOf(list) && (
        <BulkBar list={list} listKey={keyOf(list)} rows={rows} count={count} hasMore={hasMore} />
      )}
    </Suspense>
  );
}
