import type { SettingsPage } from "../../settings/page";
import { lazily } from "../../ui/lazily";
import { words } from "./words";

export const labelsPage: SettingsPage = {
  id: "labels",
  path: "labels",
  title: words.title,
  section: "team",
  who: "all",
  component: lazily(() => import("./labels-page"), "LabelsPage"),
};
