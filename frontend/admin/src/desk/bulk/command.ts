import type { Command } from "../../ui/command";
import type { DeskPlace } from "../slots";
import { words } from "./words";

export const select: Command<DeskPlace> = {
  id: "select",
  title: words.select,
  keys: ["x"],
  group: "select",
  run: (place) => place.select(),
};
