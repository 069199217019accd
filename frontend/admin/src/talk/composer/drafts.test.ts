import { ItemStore } from "@fireside/shared/line/storage";
import { expect, test } from "vitest";
import { Drafts } from "./drafts";

test("each conversation keeps its own draft, over a reload too", () => {
  const store = new ItemStore();
  const drafts = new Drafts(store, 1);
  drafts.set("a", { text: "for a", lane: "public" });
  drafts.set("b", { text: "about b", lane: "team" });
  const reloaded = new Drafts(store, 1);
  expect(reloaded.get("a")).toEqual({ text: "for a", lane: "public" });
  expect(reloaded.get("b")).toEqual({ text: "about b", lane: "team" });
  expect(reloaded.get("c")).toEqual({ text: "", lane: "public" });
});

test("another agent at the same browser sees none of it", () => {
  const store = new ItemStore();
  new Drafts(store, 1).set("a", { text: "mine", lane: "public" });
  expect(new Drafts(store, 2).get("a").text).toBe("");
});

test("a sent draft leaves nothing behind", () => {
  const store = new ItemStore();
  const drafts = new Drafts(store, 1);
  drafts.set("a", { text: "hello", lane: "public" });
  drafts.set("a", { text: "", lane: "public" });
  expect(store.keys()).toEqual([]);
});

test("the oldest drafts go when there are more than two hundred", () => {
  const store = new ItemStore();
  let now = 0;
  const drafts = new Drafts(store, 1, () => now++);
  for (let index = 0; index < 250; index++) drafts.set(`c${index}`, { text: "text", lane: "public" });
  const reloaded = new Drafts(store, 1);
  expect(store.keys()).toHaveLength(200);
  expect(reloaded.get("c49").text).toBe("");
  expect(reloaded.get("c50").text).toBe("text");
});

test("what is not a draft under our key is as good as none", () => {
  const store = new ItemStore();
  store.set("fireside.draft.1.a", "{not json");
  expect(new Drafts(store, 1).get("a").text).toBe("");
});
