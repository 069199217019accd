import type { Presence } from "@fireside/shared/protocol";
import { useChat } from "../../ui/chat";
import { usePeople } from "../people";
import type { Choice } from "./choices";
import { usePresence } from "./presence";

interface OwnStatus {
  own: Presence | undefined;
  choose(choice: Choice): Promise<unknown>;
}

/** One's own presence, the same in all tabs, and the way to choose another. */
export function useOwnStatus(): OwnStatus {
  const chat = useChat();
  const { agent } = usePeople();
  return {
    own: usePresence(agent.id),
    choose: ({ until, ...choice }) =>
      chat.request({
        type: "set_presence",
        ...choice,
        ...(until !== undefined && { until: new Date(until).toISOString() }),
      }),
  };
}
