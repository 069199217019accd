import type { SettingsPage } from "../../settings/page";
import { lazily } from "../../ui/lazily";
import { words } from "./words";

export const cannedPage: SettingsPage = {
  id: "canned-replies",
  path: "canned-replies",
  title: words.title,
  section: "team",
  who: "all",
  component: lazily(() => import("./canned-page"), "CannedPage"),
};
