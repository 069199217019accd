import type { Command } from "../../ui/command";
import type { DeskPlace } from "../slots";
import { openMenus } from "./open-menus";
import { words } from "./words";

export const assign: Command<DeskPlace> = {
  id: "assign-to",
  title: words.assign,
  keys: ["a"],
  group: "act",
  when: ({ conversation }) => conversation !== undefined,
  run: ({ conversation }) => conversation && openMenus.set(conversation.id, true),
};

export const assignToMe: Command<DeskPlace> = {
  id: "assign",
  title: words.assignToMe,
  keys: ["shift+a"],
  group: "act",
  when: ({ conversation }) => conversation !== undefined,
  run: ({ change, agentId }) => change({ assignee_id: agentId }),
};
