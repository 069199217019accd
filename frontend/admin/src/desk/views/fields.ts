import type { Conversation, ViewField } from "@fireside/shared/protocol";

type One = boolean | number | string | null;
type Value = One | readonly number[];

/** A conversation as views see it: what the fields below read of its row. */
export type Facets = Pick<
  Conversation,
  "status" | "inbox_id" | "priority" | "waiting_since" | "updated_at" | "labels"
> & {
  team?: { id: number } | null;
  assignee: { id: number } | null;
};

/** What a field of a view is in a conversation, or the several things it is: one line each, as in `app/desk/views/facets.py`. */
export const FIELDS: Record<ViewField, (facets: Facets) => Value> = {
  status: ({ status }) => status,
  inbox: ({ inbox_id }) => inbox_id,
  assignee: ({ assignee }) => assignee?.id ?? null,
  team: ({ team }) => team?.id ?? null,
  priority: ({ priority }) => priority ?? "normal",
  waiting: ({ waiting_since }) => waiting_since !== null,
  label: ({ labels }) => (labels?.length ? labels : null),
};

const MINUTE = 60_000;

export const TIMES: Record<"active", (facets: Facets) => number> = {
  // Activity counts in whole minutes, as the server keeps it.
  active: ({ updated_at }) => Math.floor(Date.parse(updated_at) / MINUTE) * MINUTE,
};
