import type { Command } from "../../ui/command";
import type { DeskPlace } from "../slots";
import { words } from "./words";

export const setPriority: Command<DeskPlace> = {
  id: "priority",
  title: words.command,
  keys: ["p"],
  group: "act",
  when: ({ conversation }) => conversation !== undefined,
  run: ({ choose }) => choose("priority"),
};
