import type { SettingsPage } from "../settings/page";
import { lazily } from "../ui/lazily";
import { words } from "./words";

export const keyboardPage: SettingsPage = {
  id: "keyboard",
  path: "keyboard",
  title: words.keyboard.title,
  section: "you",
  who: "all",
  component: lazily(() => import("./keyboard-page"), "KeyboardPage"),
};
