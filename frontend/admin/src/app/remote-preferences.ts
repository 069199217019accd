import type { Rest } from "@fireside/shared/line/rest";
import type { Remote } from "../settings/preferences";

const PATH = "/chat/me/preferences";

/** The agent's preferences as the server keeps them. */
export function remotePreferences(rest: Rest): Remote {
  return {
    load: () => rest.get(PATH),
    save: (values) => rest.send("PUT", PATH, { values }),
  };
}
