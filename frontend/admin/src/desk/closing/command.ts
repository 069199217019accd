import type { Command } from "../../ui/command";
import type { DeskPlace } from "../slots";
import { words } from "./words";

export const closeOrReopen: Command<DeskPlace> = {
  id: "closeOrReopen",
  title: words.closeOrReopen,
  keys: ["e"],
  group: "act",
  when: ({ conversation }) => conversation !== undefined,
  run: ({ conversation, change }) =>
    change({ status: conversation?.status === "closed" ? "open" : "closed" }),
};
