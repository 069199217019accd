import type { SettingsPage } from "../../settings/page";
import { lazily } from "../../ui/lazily";
import { words } from "./words";

export const profilePage: SettingsPage = {
  id: "profile",
  path: "profile",
  title: words.title,
  section: "you",
  who: "all",
  component: lazily(() => import("./profile-page"), "ProfilePage"),
};
