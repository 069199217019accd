import type { Command } from "../../ui/command";
import type { DeskPlace } from "../slots";
import { words } from "./words";

export const setLabels: Command<DeskPlace> = {
  id: "labels",
  title: words.command,
  keys: ["l"],
  group: "act",
  when: ({ conversation }) => conversation !== undefined,
  run: ({ choose }) => choose("labels"),
};
