import type { SettingsPage } from "../../settings/page";
import { lazily } from "../../ui/lazily";
import { words } from "./words";

export const PAGE = "/settings/notifications";

export const notificationsPage: SettingsPage = {
  id: "notifications",
  path: "notifications",
  title: words.title,
  section: "you",
  who: "all",
  component: lazily(() => import("./notifications-page"), "NotificationsPage"),
};
