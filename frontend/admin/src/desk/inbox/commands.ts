import type { Command } from "../../ui/command";
import type { DeskPlace } from "../slots";
import { words } from "./words";

export const next: Command<DeskPlace> = {
  id: "next",
  title: words.next,
  keys: ["j"],
  group: "move",
  run: ({ step }) => step(1),
};

export const previous: Command<DeskPlace> = {
  id: "previous",
  title: words.previous,
  keys: ["k"],
  group: "move",
  run: ({ step }) => step(-1),
};
