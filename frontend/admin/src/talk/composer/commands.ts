import type { Command } from "../../ui/command";
import type { ComposerHandle } from "./handle";
import { words } from "./words";

/** The screen as a command of the composer finds it. */
export interface ComposerPlace {
  /** Undefined where there is nothing to write in. */
  write: ComposerHandle["write"] | undefined;
}

export const reply: Command<ComposerPlace> = {
  id: "reply",
  title: words.writeReply,
  keys: ["r"],
  group: "act",
  when: ({ write }) => write !== undefined,
  run: ({ write }) => write?.({ lane: "public" }),
};

export const note: Command<ComposerPlace> = {
  id: "note",
  title: words.writeNote,
  keys: ["n"],
  group: "act",
  when: ({ write }) => write !== undefined,
  run: ({ write }) => write?.({ lane: "team" }),
};
