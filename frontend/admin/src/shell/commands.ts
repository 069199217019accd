import type { DeskPlace } from "../desk/slots";
import type { ComposerPlace } from "../talk/composer/commands";
import type { Command } from "../ui/command";
import { words } from "./words";

/** The whole screen, as commands find it. */
export interface Place extends DeskPlace, ComposerPlace {
  showHelp(): void;
}

/** It always works, for in its sheet single keys are turned on again. */
export const help: Command<Pick<Place, "showHelp">> = {
  id: "help",
  title: words.shortcuts.help,
  key: "?",
  group: "move",
  always: true,
  run: ({ showHelp }) => showHelp(),
};
