import type { Command } from "../../ui/command";
import type { DeskPlace } from "../slots";
import { words } from "./words";

export const details: Command<DeskPlace> = {
  id: "details",
  title: words.showOrHide,
  keys: ["i"],
  group: "act",
  when: ({ conversation }) => conversation !== undefined,
  run: ({ toggleDetails }) => toggleDetails(),
};
