import type { Command } from "../../ui/command";
import type { DeskPlace } from "../slots";
import { words } from "./words";

export const undo: Command<Pick<DeskPlace, "undo">> = {
  id: "undo",
  title: words.undoLast,
  keys: ["mod+z"],
  group: "act",
  when: ({ undo: stack }) => !stack.isEmpty,
  run: ({ undo: stack }) => void stack.undo(),
};
