import type { ChatClient, ChatStatus } from "@fireside/shared/chat";
import { useCallback, useSyncExternalStore } from "react";
import { provided } from "./provided";

export const [ChatProvider, useChat] = provided<ChatClient>("the chat");

/** The state of the connection. */
export function useStatus(): ChatStatus {
  const chat = useChat();
  const subscribe = useCallback((listener: () => void) => chat.on("status", listener), [chat]);
  return useSyncExternalStore(subscribe, () => chat.status);
}
