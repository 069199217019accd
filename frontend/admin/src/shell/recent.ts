import type { Store } from "@fireside/shared/line/storage";

const KEY = "fireside.recent-commands";
const MOST = 20;

/** What was called by its name last, in this browser. */
export function recentCommands(store: Store): string[] {
  return (store.get(KEY) ?? "").split(" ").filter((id) => id !== "");
}

export function rememberCommand(store: Store, id: string): void {
  const others = recentCommands(store).filter((other) => other !== id);
  store.set(KEY, [id, ...others].slice(0, MOST).join(" "));
}
