import { ItemStore } from "@fireside/shared/line/storage";
import { textMessage } from "@fireside/shared/log/new-message";
import { expect, test } from "vitest";
import { Drafts } from "./drafts";

test("each conversation keeps its own draft, over a reload too", () => {
  const store = new ItemStore();
  const drafts = new Drafts(store, 1);
  drafts.set("a", textMessage("for a"));
  drafts.set("b", textMessage("about b", "team"));
  const reloaded = new Drafts(store, 1);
  expect(reloaded.get("a")).toEqual(textMessage("for a"));
  expect(reloaded.get("b")).toEqual(textMessage("about b", "team"));
  expect(reloaded.get("c")).toEqual(textMessage(""));
});

test("another agent at the same browser sees none of it", () => {
  const store = new ItemStore();
  new Drafts(store, 1).set("a", textMessage("mine"));
  expect(new Drafts(store, 2).get("a").content.text).toBe("");
});

test("a sent draft leaves nothing behind", () => {
  const store = new ItemStore();
  const drafts = new Drafts(store, 1);
  drafts.set("a", textMessage("hello"));
  drafts.set("a", textMessage(""));
  expect(store.keys()).toEqual([]);
});

test("the oldest drafts go when there are more than two hundred", () => {
  const store = new ItemStore();
  let now = 0;
  const drafts = new Drafts(store, 1, () => now++);
  for (let index = 0; index < 250; index++) drafts.set(`c${index}`, textMessage("text"));
  const reloaded = new Drafts(store, 1);
  expect(store.keys()).toHaveLength(200);
  expect(reloaded.get("c49").content.text).toBe("");
  expect(reloaded.get("c50").content.text).toBe("text");
});

test("what is not a draft under our key is as good as none", () => {
  const store = new ItemStore();
  store.set("fireside.draft.1.a", "{not json");
  expect(new Drafts(store, 1).get("a").content.text).toBe("");
});

test("a draft that the version before has kept is still there, and ours can be read by it", () => {
  const store = new ItemStore();
  store.set("fireside.draft.1.a", JSON.stringify({ text: "begun", lane: "team", at: 1 }));
  const drafts = new Drafts(store, 1);
  expect(drafts.get("a")).toEqual(textMessage("begun", "team"));
  drafts.set("a", textMessage("begun and changed", "team"));
  expect(JSON.parse(store.get("fireside.draft.1.a")!)).toMatchObject({
    text: "begun and changed",
    lane: "team",
  });
});
