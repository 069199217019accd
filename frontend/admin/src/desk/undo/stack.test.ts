import { expect, test } from "vitest";
import { CannotUndo, UndoStack } from "./stack";

function stack(): { stack: UndoStack; undone: string[]; act(said: string, error?: Error): void } {
  const stack = new UndoStack((error) => ({
    why: "no connection",
    again: String(error).includes("offline"),
  }));
  const undone: string[] = [];
  const act = (said: string, error?: Error): void =>
    stack.did({
      said,
      undo: async () => {
        if (error) throw error;
        undone.push(said);
      },
    });
  return { stack, undone, act };
}

test("the newest is taken back first, and each of them once", async () => {
  const { stack: undo, undone, act } = stack();
  act("closed");
  act("assigned");
  await undo.undo();
  await undo.undo();
  await undo.undo();
  expect(undone).toEqual(["assigned", "closed"]);
  expect(undo.isEmpty).toBe(true);
});

test("two presses at once take back two, never one of them twice", async () => {
  const { stack: undo, undone, act } = stack();
  act("closed");
  act("assigned");
  await Promise.all([undo.undo(), undo.undo()]);
  expect(undone).toEqual(["assigned", "closed"]);
});

test("the last twenty can be taken back", async () => {
  const { stack: undo, undone, act } = stack();
  for (let number = 0; number < 25; number++) act(String(number));
  for (let number = 0; number < 25; number++) await undo.undo();
  expect(undone).toEqual(Array.from({ length: 20 }, (_, index) => String(24 - index)));
});

test("what cannot be taken back any more says why, and gives way to the one before", async () => {
  const { stack: undo, undone, act } = stack();
  act("closed");
  act("assigned", new CannotUndo("Grace changed it since."));
  await undo.undo();
  expect(undo.toast).toMatchObject({ kind: "kept", said: "assigned", why: "Grace changed it since." });
  await undo.undo();
  expect(undone).toEqual(["closed"]);
});

test("what the network kept from being taken back can be tried again", async () => {
  const { stack: undo, act } = stack();
  act("snoozed", new Error("offline"));
  await undo.undo();
  expect(undo.toast).toMatchObject({ kind: "kept", why: "no connection" });
  expect(undo.isEmpty).toBe(false);
});

test("each step is shown, and hidden only by whoever saw it", async () => {
  const { stack: undo, act } = stack();
  act("closed");
  const { id } = undo.toast!;
  expect(undo.toast).toMatchObject({ kind: "done", said: "closed" });
  await undo.undo();
  expect(undo.toast).toMatchObject({ kind: "undone", said: "closed" });
  undo.hide(id);
  expect(undo.toast).toBeDefined();
  undo.hide(undo.toast!.id);
  expect(undo.toast).toBeUndefined();
});
