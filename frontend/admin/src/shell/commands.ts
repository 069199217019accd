import type { DeskPlace } from "../desk/slots";
import type { ComposerPlace } from "../talk/composer/commands";
import type { Command } from "../ui/command";
import { words } from "./words";

/** What the page on the screen has for commands. */
export type PagePlace = Omit<DeskPlace, "go" | "agentId" | "undo" | "choose"> & ComposerPlace;

/** The whole screen, as commands find it. */
export interface Place extends DeskPlace, ComposerPlace {
  showHelp(): void;
  togglePalette(): void;
}

export const palette: Command<Pick<Place, "togglePalette">> = {
  id: "palette",
  title: words.palette.title,
  keys: ["mod+k"],
  group: "app",
  always: true,
  inFields: true,
  run: ({ togglePalette }) => togglePalette(),
};

/** It always works, for in its sheet single keys are turned on again. */
export const help: Command<Pick<Place, "showHelp">> = {
  id: "help",
  title: words.shortcuts.help,
  keys: ["?"],
  group: "app",
  always: true,
  run: ({ showHelp }) => showHelp(),
};

export const goToInbox: Command<Pick<Place, "go">> = {
  id: "go-inbox",
  title: words.goToInbox,
  keys: ["g i"],
  group: "move",
  run: ({ go }) => go("/"),
};

export const goToSettings: Command<Pick<Place, "go">> = {
  id: "go-settings",
  title: words.goToSettings,
  keys: ["g s"],
  group: "move",
  run: ({ go }) => go("/settings"),
};
