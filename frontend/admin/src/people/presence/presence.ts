import type { Presence } from "@fireside/shared/protocol";
import { useCallback, useSyncExternalStore } from "react";
import { useChat } from "../../ui/chat";

/** A person's presence, once something was heard of it. */
export function usePresence(userId: number): Presence | undefined {
  const chat = useChat();
  const subscribe = useCallback((listener: () => void) => chat.on("presence", listener), [chat]);
  return useSyncExternalStore(subscribe, () => chat.presence.get(userId));
}
