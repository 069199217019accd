import type { Predicate } from "@fireside/shared/protocol";
import { CHOICES, type ChoiceName, type ListAddress } from "../conversations/address";
import { ME } from "./predicates";

export type FilterName = ChoiceName | "waiting";
export const NONE = "none";
export const STATUSES = ["open", "snoozed", "closed"] as const;
export const PRIORITIES = ["urgent", "high", "normal", "low"] as const;

type Filter = Extract<Predicate, { op: "is" }> & { field: FilterName };
type Value = Filter["value"][number];

const named = (names: readonly string[]) => (text: string) => (names.includes(text) ? text : undefined);
const numbered = (text: string) => (/^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined);
const numberedOrNone = (text: string) => (text === NONE ? null : numbered(text));

/** What an address may ask of each field; addresses are written by hand too, and what cannot be narrows nothing. */
const READ: Readonly<Record<ChoiceName, (text: string) => Value | undefined>> = {
  status: named(STATUSES),
  priority: named(PRIORITIES),
  assignee: (text) => (text === ME ? ME : numberedOrNone(text)),
  team: numberedOrNone,
  label: numberedOrNone,
  inbox: numbered,
};

/** What of a field is chosen, as the address has it. */
export function chosenOf(address: ListAddress, name: ChoiceName): string[] {
  const texts = address[name]?.split(",") ?? [];
  return [...new Set(texts)].filter((text) => READ[name](text) !== undefined);
}

/** The filters of an address, in the order in which they are shown. */
export function filtersOf(address: ListAddress): Filter[] {
  const filters = CHOICES.map((field): Filter => {
    const value = chosenOf(address, field).map((text) => READ[field](text) as Value);
    return { op: "is", field, value };
  }).filter(({ value }) => value.length > 0);
  return address.waiting ? [...filters, { op: "is", field: "waiting", value: [true] }] : filters;
}

/** The view with its filters. A status that is asked for stands in place of the view's own, which would leave nothing. */
export function narrowed(view: Predicate, filters: readonly Filter[]): Predicate {
  if (filters.length === 0) return view;
  const asksStatus = filters.some(({ field }) => field === "status");
  const parts = partsOf(view).filter((part) => !(asksStatus && part.op === "is" && part.field === "status"));
  return { op: "and", of: [...parts, ...filters] };
}

const partsOf = (predicate: Predicate): readonly Predicate[] =>
  predicate.op === "and" ? predicate.of.flatMap(partsOf) : [predicate];
