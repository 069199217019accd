import type { Command } from "../../ui/command";
import { listPath } from "../conversations/address";
import type { DeskPlace } from "../slots";
import { words } from "./words";

function goTo(view: string, key: string): Command<Pick<DeskPlace, "go">> {
  return {
    id: `go-${view}`,
    title: words.goTo(words.builtIn[view] ?? view),
    keys: [`g ${key}`],
    group: "move",
    run: ({ go }) => go(listPath({ view })),
  };
}

export const viewCommands = [
  goTo("mine", "m"),
  goTo("unassigned", "u"),
  goTo("open", "a"),
  goTo("closed", "c"),
];
