import type { Command } from "../../ui/command";
import type { DeskPlace } from "../slots";
import { words } from "./words";

export const markUnread: Command<DeskPlace> = {
  id: "markUnread",
  title: words.mark,
  keys: ["u"],
  group: "act",
  when: ({ conversation }) => conversation !== undefined && conversation.last_seq > 0,
  run: ({ markUnread }) => markUnread(),
};
