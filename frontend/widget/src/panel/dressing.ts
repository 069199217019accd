import type { Row } from "@fireside/shared";
import type { JSX } from "preact";

export type Item = Exclude<Row["item"], { kind: "notice" }>;

/** What is added to the panel once it has been fetched. */
export interface Dressing {
  /** Above the field. */
  above(): JSX.Element | null;
  /** A bubble with all that belongs to its message. */
  dress(item: Item, bubble: JSX.Element): JSX.Element;
}
