import { expect, test } from "vitest";
import { seeded, shuffled } from "../../../../shared/tests/support";
import { at, conversation } from "../../../tests/support";
import { ConversationStore } from "./conversation-store";

/** A store that tells at once, and one that waits to be told. */
const eager = () => new ConversationStore((notify) => notify());
const ids = (store: ConversationStore, status: "open" | "closed" = "open") =>
  store.list(status).map(({ id }) => id);

test("the larger version wins, whichever comes first", () => {
  const old = conversation("a", 1, { version: 3, unread: 2 });
  const young = conversation("a", 1, { version: 4, unread: 0 });
  for (const order of [
    [old, young],
    [young, old],
  ]) {
    const store = eager();
    for (const one of order) store.upsert([one]);
    expect(store.get("a")).toBe(young);
  }
});

test("any order of news ends in the same list", () => {
  const random = seeded(7);
  const news = Array.from({ length: 200 }, (_, version) =>
    conversation(`c${Math.floor(random() * 20)}`, version % 5, {
      version,
      status: random() < 0.3 ? "closed" : "open",
    }),
  );
  const lists = Array.from({ length: 20 }, () => {
    const store = eager();
    for (const one of shuffled(news, random)) store.upsert([one]);
    return [ids(store), ids(store, "closed")];
  });
  for (const list of lists) expect(list).toEqual(lists[0]);
});

test("the newest message stands first, and reading does not move a conversation", () => {
  const store = eager();
  store.upsert([conversation("a", 1), conversation("b", 3), conversation("c", 2)]);
  store.upsert([conversation("a", 1, { version: 2, updated_at: "2027-01-01T00:00:00Z" })]);
  expect(ids(store)).toEqual(["b", "c", "a"]);
});

test("a closed conversation leaves the open list", () => {
  const store = eager();
  store.upsert([conversation("a", 1)]);
  store.upsert([conversation("a", 1, { version: 2, status: "closed" })]);
  expect(ids(store)).toEqual([]);
  expect(ids(store, "closed")).toEqual(["a"]);
});

test("a conversation in which nobody has written is not listed", () => {
  const store = eager();
  store.upsert([conversation("a", 1, { last_message: null, last_seq: 0 })]);
  expect(ids(store)).toEqual([]);
});

test("a newer version takes the place of what was known, and an old one changes nothing and tells nobody", () => {
  const store = eager();
  let notices = 0;
  store.subscribe(() => notices++);
  const first = conversation("a", 1);
  const second = conversation("a", 2, { version: 2 });
  store.upsert([first]);
  expect(store.get("a")).toBe(first);
  store.upsert([second]);
  expect(store.get("a")).toBe(second);
  expect(notices).toBe(2);
  store.upsert([first]);
  store.upsert([{ ...second }]);
  expect(store.get("a")).toBe(second);
  expect(notices).toBe(2);
});

test("many changes are one notice, and a list keeps its identity until then", () => {
  const scheduled: (() => void)[] = [];
  const store = new ConversationStore((notify) => scheduled.push(notify));
  let notices = 0;
  store.subscribe(() => notices++);
  const before = store.list("open");
  for (let minute = 0; minute < 100; minute++) store.upsert([conversation(`c${minute}`, minute)]);
  expect(store.list("open")).toBe(before);
  for (const notify of scheduled) notify();
  expect(notices).toBe(1);
  expect(store.list("open")).toHaveLength(100);
});

test("unread are the open conversations with something unread", () => {
  const store = eager();
  store.upsert([
    conversation("a", 1, { unread: 3 }),
    conversation("b", 1),
    conversation("c", 1, { unread: 1, status: "closed" }),
  ]);
  expect(store.unreadConversations()).toBe(1);
});

test("what a request will make of a conversation is seen at once, and taken back when it fails", () => {
  const store = eager();
  const open = conversation("a", 1);
  store.upsert([open]);
  const failed = store.foresee({ ...open, status: "closed" });
  expect(store.list("open")).toEqual([]);
  expect(store.list("closed").map(({ id }) => id)).toEqual(["a"]);
  failed();
  expect(store.list("open")).toEqual([open]);
});

test("a failure takes nothing back that the server has said since", () => {
  const store = eager();
  const open = conversation("a", 1);
  store.upsert([open]);
  const failed = store.foresee({ ...open, status: "closed" });
  const later = conversation("a", 2, { version: 2, unread: 3 });
  store.upsert([later]);
  failed();
  expect(store.get("a")).toEqual(later);
});

test("of two requests that both fail, nothing stays", () => {
  const store = eager();
  const open = conversation("a", 1);
  store.upsert([open]);
  const first = store.foresee({ ...open, status: "closed" });
  const second = store.foresee({ ...open, status: "open", unread: 7 });
  first();
  second();
  expect(store.get("a")).toBe(open);
});

test("a view lists whoever has waited longest first, and then those who do not wait", () => {
  const store = eager();
  store.upsert([
    conversation("answered", 50),
    conversation("late", 40, { waiting_since: at(30) }),
    conversation("early", 45, { waiting_since: at(10) }),
    conversation("done", 44, { status: "closed" }),
  ]);
  const rows = store.matching("open waiting", ({ status }) => status === "open", "waiting");
  expect(rows.map(({ id }) => id)).toEqual(["early", "late", "answered"]);
  expect(store.matching("open waiting", () => false, "waiting")).toBe(rows);
});
