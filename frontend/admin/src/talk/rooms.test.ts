import { expect, test } from "vitest";
import { RecentRooms } from "./rooms";

function recent(): { rooms: RecentRooms; joined: Set<string> } {
  const joined = new Set<string>();
  const rooms = new RecentRooms({
    join: (id) => joined.add(id) as never,
    leave: (id) => void joined.delete(id),
  });
  return { rooms, joined };
}

test("the five conversations that were looked at last stay joined", () => {
  const { rooms, joined } = recent();
  for (const id of "abcdef") rooms.visit(id);
  expect([...joined]).toEqual(["b", "c", "d", "e", "f"]);
});

test("a look keeps a conversation, and a second one in a row changes nothing", () => {
  const { rooms, joined } = recent();
  for (const id of "abcdeaaf") rooms.visit(id);
  expect([...joined].sort()).toEqual(["a", "c", "d", "e", "f"]);
});
