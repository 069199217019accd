import type { View } from "@fireside/shared/protocol";
import { expect, test } from "vitest";
import { currentList } from "./current";

const OPEN = { op: "is", field: "status", value: ["open"] } as const;
const own: View = {
  id: "7",
  kind: "saved",
  name: "Ours",
  predicate: { op: "is", field: "inbox", value: [2] },
  sort: "waiting",
  is_shared: false,
  owner_id: 1,
  position: 0,
  version: 1,
};

test("a built-in view need not wait for the server, a saved one does", () => {
  expect(currentList({ view: "open" }, undefined)?.predicate).toEqual(OPEN);
  expect(currentList({ view: "7" }, undefined)).toBeUndefined();
  expect(currentList({ view: "7" }, [own])).toMatchObject({ name: "Ours", sort: "waiting", filters: 0 });
});

test("filters narrow the view, and the order of the address wins", () => {
  const list = currentList({ view: "7", assignee: "none", waiting: true, sort: "activity" }, [own]);
  expect(list).toMatchObject({ sort: "activity", filters: 2 });
  expect(list?.predicate).toEqual({
    op: "and",
    of: [
      own.predicate,
      { op: "is", field: "assignee", value: [null] },
      { op: "is", field: "waiting", value: [true] },
    ],
  });
});

test("of a view that is gone nothing is listed", () => {
  expect(currentList({ view: "8" }, [own])?.predicate).toEqual({ op: "or", of: [] });
});
