import type { LaneName } from "@fireside/shared/protocol";
import type { Command } from "../../ui/command";
import { words } from "./words";

/** The screen as a command of the composer finds it. */
export interface ComposerPlace {
  /** Goes to the text; undefined where there is nothing to write in. */
  write: ((lane: LaneName) => void) | undefined;
}

export const reply: Command<ComposerPlace> = {
  id: "reply",
  title: words.writeReply,
  key: "r",
  group: "act",
  when: ({ write }) => write !== undefined,
  run: ({ write }) => write?.("public"),
};

export const note: Command<ComposerPlace> = {
  id: "note",
  title: words.writeNote,
  key: "n",
  group: "act",
  when: ({ write }) => write !== undefined,
  run: ({ write }) => write?.("team"),
};
