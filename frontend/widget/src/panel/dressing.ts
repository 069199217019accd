import type { Row } from "@fireside/shared";
import type { JSX } from "preact";

export type Item = Exclude<Row["item"], { kind: "notice" }>;

/** What is added to the panel once it has been fetched. */
export interface Dressing {
  /** Below the log, where the conversation is closed; from one that was closed for too long, it leads into a new one. */
  bar(): JSX.Element | null;
  /** Above the field. */
  above(): JSX.Element | null;
  /** A bubble with all that belongs to its message. */
  dress(item: Item, bubble: JSX.Element): JSX.Element;
}

/** The conversations beside the one that is open, where there are several. */
export interface Elsewhere {
  /** Whether their list is shown instead of the conversation. */
  readonly isListed: boolean;
  readonly unread: number;
  /** Listens to what moves there, on the connection of today. */
  follow(): void;
  begin(fromClosed?: boolean): Promise<void>;
  button(): JSX.Element | null;
  view(): JSX.Element | undefined;
}
