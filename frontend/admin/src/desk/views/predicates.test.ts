import type { Predicate } from "@fireside/shared/protocol";
import { expect, test } from "vitest";
import vectors from "../../../../../tests/desk/views/vectors.json";
import type { Facets } from "./fields";
import { holds } from "./predicates";

const rows = Object.entries(vectors.rows).map(([name, row]) => {
  const facets: Facets = {
    status: row.status as Facets["status"],
    inbox_id: row.inbox_id,
    team: row.team_id === null ? null : { id: row.team_id },
    priority: row.priority as NonNullable<Facets["priority"]>,
    assignee: row.assignee_id === null ? null : { id: row.assignee_id },
    waiting_since: row.waiting ? row.active_at : null,
    labels: row.labels,
    updated_at: row.active_at,
  };
  return [name, facets] as const;
});

test.each(
  vectors.vectors.map(({ predicate, holds }) => [JSON.stringify(predicate), predicate, holds] as const),
)("%s holds for the rows that its vector names", (_, predicate, expected) => {
  const found = rows.filter(([, facets]) =>
    holds(predicate as Predicate, facets, vectors.me, Date.parse(vectors.now)),
  );
  expect(found.map(([name]) => name)).toEqual(expected);
});
