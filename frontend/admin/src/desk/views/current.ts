import type { Predicate, Sort, View } from "@fireside/shared/protocol";
import { useMemo, useSyncExternalStore } from "react";
import { useSearchParams } from "wouter";
import { type ListAddress, listAt } from "../conversations/address";
import { useDesk } from "../desk";
import { type FilterName, filtersOf, narrowed } from "./filters";
import { ME } from "./predicates";
import { nameOf, words } from "./words";

/** The list on the screen. */
export interface CurrentList {
  address: ListAddress;
  /** The view that it narrows; undefined while it is not known, or gone. */
  view: View | undefined;
  name: string;
  predicate: Predicate;
  sort: Sort;
  /** What the server is asked for. */
  asked: string;
  /** What narrows the view. */
  filters: readonly FilterName[];
}

/** The list by what it holds and in which order. */
export const keyOf = ({ asked, sort }: CurrentList): string => `${asked} ${sort}`;

const OPEN: Predicate = { op: "is", field: "status", value: ["open"] };
/** The views that are known before the server has told them, so that the list need not wait. */
const KNOWN: Readonly<Record<string, Predicate>> = {
  open: OPEN,
  closed: { op: "is", field: "status", value: ["closed"] },
  mine: { op: "and", of: [OPEN, { op: "is", field: "assignee", value: [ME] }] },
  unassigned: { op: "and", of: [OPEN, { op: "is", field: "assignee", value: [null] }] },
};

export function useViews() {
  const { views } = useDesk();
  return useSyncExternalStore(views.subscribe, views.get);
}

/** The list that the address names, once its view is known; undefined before. */
export function useCurrentList(): CurrentList | undefined {
  const [search] = useSearchParams();
  const { views } = useViews();
  const key = search.toString();
  return useMemo(() => currentList(listAt(new URLSearchParams(key)), views), [key, views]);
}

export function currentList(
  address: ListAddress,
  views: readonly View[] | undefined,
): CurrentList | undefined {
  const view = views?.find(({ id }) => id === address.view);
  const of = view?.predicate ?? KNOWN[address.view];
  if (of === undefined && views === undefined) return undefined;
  const filters = filtersOf(address);
  // Of a view that is gone nothing is left.
  const predicate = narrowed(of ?? { op: "or", of: [] }, filters);
  return {
    address,
    view,
    name: view ? nameOf(view) : (words.builtIn[address.view] ?? words.unknown),
    predicate,
    sort: address.sort ?? view?.sort ?? "activity",
    asked: JSON.stringify(predicate),
    filters: filters.map(({ field }) => field),
  };
}
