import { expect, test } from "vitest";
import { conversation } from "../../../tests/support";
import { holdList } from "./hold";

const [a, b, c] = [conversation("a", 30), conversation("b", 20), conversation("c", 10)];
const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);
const current = (...live: ReturnType<typeof conversation>[]) => {
  return (id: string) => live.find((row) => row.id === id);
};

test("rows stay where they were, with the contents of now", () => {
  const news = conversation("c", 40, { version: 2, unread: 1 });
  const { rows, waiting } = holdList([a, b, c], [news, a, b], current(a, b, news));
  expect(rows).toEqual([a, b, news]);
  expect(waiting).toBe(1);
});

test("a new conversation waits", () => {
  const d = conversation("d", 50);
  const { rows, waiting } = holdList([a, b], [d, a, b], current(a, b, d));
  expect(ids(rows)).toEqual(["a", "b"]);
  expect(waiting).toBe(1);
});

test("a message in the first row asks for no move", () => {
  const news = conversation("a", 40, { version: 2 });
  expect(holdList([a, b], [news, b], current(news, b)).waiting).toBe(0);
});

test("a message in the first row below a new conversation counts once", () => {
  const news = conversation("a", 40, { version: 2 });
  const d = conversation("d", 50);
  expect(holdList([a, b], [d, news, b], current(news, b, d)).waiting).toBe(1);
});

test("rows that others pushed down do not count", () => {
  const news = conversation("c", 40, { version: 2 });
  expect(holdList([a, b, c], [news, a, b], current(a, b, news)).waiting).toBe(1);
});

test("older pages are added below", () => {
  const d = conversation("d", 5);
  const { rows, waiting } = holdList([a, b, c], [a, b, c, d], current(a, b, c, d));
  expect(ids(rows)).toEqual(["a", "b", "c", "d"]);
  expect(waiting).toBe(0);
});

test("a conversation that was closed stays until the pointer leaves", () => {
  const closed = conversation("b", 20, { version: 2, status: "closed" });
  const { rows } = holdList([a, b, c], [a, c], current(a, closed, c));
  expect(rows[1]).toBe(closed);
});
