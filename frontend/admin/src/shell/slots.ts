import type { ComponentType } from "react";
import type { SettingsPage } from "../settings/page";
import type { Command } from "../ui/command";
import { provided } from "../ui/provided";
import type { Place } from "./commands";

/** A place of the app with an address of its own, below /admin. */
export interface AppRoute {
  id: string;
  /** As wouter reads it; the first that fits is shown. */
  path: string;
  /** Where it begins. */
  home: string;
  title: string;
  /** How it stands in the rail; without one it is reached from elsewhere. */
  icon?: ComponentType;
  component: ComponentType;
}

/** The places that features fill in the frame; `app/slots.ts` says with what. */
export interface ShellSlots {
  /** Where the rail begins. It has all addresses that no route takes. */
  inbox: Omit<AppRoute, "path">;
  routes: readonly AppRoute[];
  /** In the order in which they are listed. */
  commands: readonly Command<Place>[];
  /** In the order in which they are listed, section by section. */
  settingsPages: readonly SettingsPage[];
}

export const [ShellSlotsProvider, useShellSlots] = provided<ShellSlots>("the slots of the shell");
