import { ItemStore } from "@fireside/shared/line/storage";
import { textMessage } from "@fireside/shared/log/new-message";
import { expect, test } from "vitest";
import { KeptRecords } from "./kept-records";
import { emptyRecord, type Record } from "./record";

const written = (text: string): Record => ({
  ...emptyRecord("1"),
  message: textMessage(text),
  isTouched: true,
});
const kept = (store: ItemStore, agentId = 1, now = () => 0) =>
  new KeptRecords(store, agentId, now, () => "fresh");

test("each conversation keeps its own, over a reload too, and another agent sees none of it", () => {
  const store = new ItemStore();
  kept(store).set("a", written("for a"));
  kept(store).set("b", { ...written("about b"), bases: { public: { version: 3, id: "1" } } });
  expect(kept(store).get("a")).toEqual(written("for a"));
  expect(kept(store).get("b")).toMatchObject({ bases: { public: { version: 3, id: "1" } } });
  expect(kept(store).ids()).toEqual(["a", "b"]);
  expect(kept(store, 2).get("a")).toBeUndefined();
});

test("an empty one leaves nothing behind", () => {
  const store = new ItemStore();
  kept(store).set("a", written("hello"));
  kept(store).set("a", emptyRecord("2"));
  expect(store.keys()).toEqual([]);
});

test("the oldest go when there are more than two hundred", () => {
  const store = new ItemStore();
  let now = 0;
  const records = kept(store, 1, () => now++);
  for (let index = 0; index < 250; index++) records.set(`c${index}`, written("text"));
  const reloaded = kept(store);
  expect(store.keys()).toHaveLength(200);
  expect(reloaded.get("c49")).toBeUndefined();
  expect(reloaded.get("c50")).toBeDefined();
});

test("what is not a draft under our key is as good as none", () => {
  const store = new ItemStore();
  store.set("fireside.draft.1.a", "{not json");
  expect(kept(store).get("a")).toBeUndefined();
});

test("a draft that the version before has kept is there, to be brought to the server, and ours can be read by it", () => {
  const store = new ItemStore();
  store.set("fireside.draft.1.a", JSON.stringify({ text: "begun", lane: "team", at: 1 }));
  const found = kept(store).get("a");
  expect(found).toEqual({
    ...emptyRecord("fresh"),
    message: textMessage("begun", "team"),
    isTouched: true,
  });
  kept(store).set("a", found!);
  expect(JSON.parse(store.get("fireside.draft.1.a")!)).toMatchObject({ text: "begun", lane: "team" });
});
