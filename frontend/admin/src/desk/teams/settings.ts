import type { SettingsPage } from "../../settings/page";
import { lazily } from "../../ui/lazily";
import { words } from "./words";

export const teamsPage: SettingsPage = {
  id: "teams",
  path: "teams",
  title: words.title,
  section: "team",
  who: "admins",
  component: lazily(() => import("./teams-page"), "TeamsPage"),
};
