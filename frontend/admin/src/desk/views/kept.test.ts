import { expect, test } from "vitest";
import { conversation } from "../../../tests/support";
import { withKept } from "./kept";

const [a, b, c] = [conversation("a", 30), conversation("b", 20), conversation("c", 10)];
const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);

test("a row that has left stands where it stood, as it is now", () => {
  const closed = conversation("b", 20, { version: 2, status: "closed" });
  const { rows, left } = withKept([a, c], 1, closed);
  expect(rows).toEqual([a, closed, c]);
  expect(left).toBe("b");
});

test("it stands at the end where the rest has gone too", () => {
  expect(ids(withKept([a], 5, b).rows)).toEqual(["a", "b"]);
});

test("of a conversation that may not be seen any longer nothing is kept", () => {
  expect(withKept([a, c], 1, undefined)).toEqual({ rows: [a, c], left: undefined });
});
