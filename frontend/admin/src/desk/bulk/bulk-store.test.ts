import type { ChatClient } from "@fireside/shared/chat";
import type { BulkAction, ServerEvent } from "@fireside/shared/protocol";
import { expect, test } from "vitest";
import { UndoStack } from "../undo/stack";
import { BulkStore } from "./bulk-store";

const ACTION: BulkAction = {
  id: "a",
  state: "running",
  version: 2,
  total: 3,
  changed: 0,
  skipped: 0,
  undone: 0,
  kept: 0,
  created_at: "2026-03-02T10:00:00Z",
};

/** A server whose socket is heard by `tell`, and whose answers come when `answer` gives them. */
function begun() {
  let hear: (event: ServerEvent) => void = () => {};
  let answer: (action: BulkAction) => void = () => {};
  const chat = {
    on: (name: string, listener: (event: ServerEvent) => void) => {
      if (name === "event") hear = listener;
      return () => {};
    },
    rest: { send: () => new Promise<BulkAction>((resolve) => (answer = resolve)) },
  };
  const undo = new UndoStack(() => ({ why: "", again: false }));
  const store = new BulkStore(chat as unknown as ChatClient, undo);
  store.start();
  const done = store.begin({ change: { status: "closed" }, view: "open" }, (count) => `Closed ${count}`);
  const tell = (rest: Partial<BulkAction>) =>
    hear({ type: "bulk_action_updated", action: { ...ACTION, ...rest } });
  return { store, undo, done, tell, answer: () => answer(ACTION) };
}

test("it is shown while it is under way, and can be undone at its end", async () => {
  const { store, undo, done, tell, answer } = begun();
  answer();
  await done;
  tell({ changed: 1, version: 3 });
  expect(store.get()?.changed).toBe(1);
  tell({ state: "done", changed: 3, version: 4 });
  await Promise.resolve();
  expect(store.get()).toBeUndefined();
  expect(undo.toast?.said).toBe("Closed 3");
});

test("an end that is told before the answer is heard", async () => {
  const { store, undo, done, tell, answer } = begun();
  tell({ state: "done", changed: 3, version: 4 });
  answer();
  await done;
  await Promise.resolve();
  expect(store.get()).toBeUndefined();
  expect(undo.toast?.said).toBe("Closed 3");
});

test("what another tab has begun is not shown here", () => {
  const { store, undo, tell } = begun();
  tell({ id: "b" });
  tell({ id: "b", state: "done", changed: 3, version: 4 });
  expect(store.get()).toBeUndefined();
  expect(undo.toast).toBeUndefined();
});
