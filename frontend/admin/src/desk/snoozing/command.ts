import type { Command } from "../../ui/command";
import type { DeskPlace } from "../slots";
import { words } from "./words";

export const snooze: Command<DeskPlace> = {
  id: "snooze",
  title: words.command,
  keys: ["z"],
  group: "act",
  when: ({ conversation }) => conversation !== undefined,
  run: ({ choose }) => choose("snooze"),
};

export const wake: Command<DeskPlace> = {
  id: "wake",
  title: words.wakeCommand,
  keys: ["shift+z"],
  group: "act",
  when: ({ conversation }) => conversation?.status === "snoozed",
  run: ({ change }) => change({ status: "open" }),
};
