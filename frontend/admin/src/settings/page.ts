import type { ComponentType } from "react";

/** The groups of the settings' list, in its order. */
export type SettingsSection = "you" | "team" | "installation";

/** A page of the settings; `app/slots.ts` lists them. */
export interface SettingsPage {
  id: string;
  /** Below /admin/settings/, without a slash. */
  path: string;
  title: string;
  section: SettingsSection;
  /** Pages for admins are not shown to others; the server decides on its own what anybody may change. */
  who: "all" | "admins";
  /** Made by `lazily`: nobody loads it who does not open it. */
  component: ComponentType;
}
