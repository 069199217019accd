import type { Command } from "../../ui/command";
import type { DeskPlace } from "../slots";
import { words } from "./words";

export const assign: Command<DeskPlace> = {
  id: "assign",
  title: words.assignToMe,
  keys: ["a"],
  group: "act",
  when: ({ conversation }) => conversation !== undefined,
  run: ({ change, agentId }) => change({ assignee_id: agentId }),
};
