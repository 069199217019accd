import type { ChatStatus } from "@fireside/shared/chat";
import type { Presence } from "@fireside/shared/protocol";
import { createContext, useCallback, useContext, useSyncExternalStore } from "react";
import type { Live } from "./live";

const LiveContext = createContext<Live | undefined>(undefined);

export const LiveProvider = LiveContext.Provider;

export function useLive(): Live {
  const live = useContext(LiveContext);
  if (!live) throw new Error("useLive outside of LiveProvider");
  return live;
}

export function useStatus(): ChatStatus {
  const { chat } = useLive();
  const subscribe = useCallback((listener: () => void) => chat.on("status", listener), [chat]);
  return useSyncExternalStore(subscribe, () => chat.status);
}

export function usePresence(userId: number): Presence | undefined {
  const { chat } = useLive();
  const subscribe = useCallback((listener: () => void) => chat.on("presence", listener), [chat]);
  return useSyncExternalStore(subscribe, () => chat.presence.get(userId));
}
