import type { Predicate } from "@fireside/shared/protocol";
import { type Facets, FIELDS, TIMES } from "./fields";

export const ME = "me";

/** Whether a conversation belongs to a view, as the server would say; `me` is whoever looks. */
export function holds(predicate: Predicate, facets: Facets, me: number, now: number): boolean {
  switch (predicate.op) {
    case "is": {
      const read = FIELDS[predicate.field];
      // A field of a newer server: the view is shown as the server lists it.
      if (read === undefined) return true;
      const values = [read(facets)].flat();
      return predicate.value.some((each) => values.includes(each) || (each === ME && values.includes(me)));
    }
    case "older":
      return TIMES[predicate.field](facets) < now - predicate.seconds * 1000;
    case "and":
      return predicate.of.every((part) => holds(part, facets, me, now));
    case "or":
      return predicate.of.some((part) => holds(part, facets, me, now));
    case "not":
      return !holds(predicate.of, facets, me, now);
  }
}
