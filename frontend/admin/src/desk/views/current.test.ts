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
  expect(currentList({ view: "7" }, [own])).toMatchObject({ name: "Ours", sort: "waiting", filters: [] });
});

test("filters narrow the view, and the order of the address wins", () => {
  const list = currentList({ view: "7", assignee: "none", waiting: true, sort: "activity" }, [own]);
  expect(list).toMatchObject({ sort: "activity", filters: ["assignee", "waiting"] });
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

test("each filter takes any of what is chosen, and what cannot be narrows nothing", () => {
  const address = {
    view: "7",
    label: "3,none,3,x",
    team: "",
    priority: "huge",
    inbox: "none",
    assignee: "me,4",
  };
  const list = currentList(address, [own]);
  expect(list?.filters).toEqual(["assignee", "label"]);
  expect(list?.predicate).toEqual({
    op: "and",
    of: [
      own.predicate,
      { op: "is", field: "assignee", value: ["me", 4] },
      { op: "is", field: "label", value: [3, null] },
    ],
  });
});

test("a status that is asked for stands in place of the view's own", () => {
  expect(currentList({ view: "mine", status: "closed" }, undefined)?.predicate).toEqual({
    op: "and",
    of: [
      { op: "is", field: "assignee", value: ["me"] },
      { op: "is", field: "status", value: ["closed"] },
    ],
  });
});
