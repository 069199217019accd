import { isBlank } from "@fireside/shared/format/text";
import type { NewMessage } from "@fireside/shared/log/new-message";
import type { Viewer } from "./viewers-store";
import { useEffect } from "react";
import { isWatched, useWatched } from "../../ui/browser";
import { useChat } from "../../ui/chat";

/** What is said once holds for twice as long. */
const REPEAT_MS = 7_000;

/** What an agent with this draft before them is doing. */
export function modeOf({ content, lane }: NewMessage): Viewer["mode"] {
  if (isBlank(content.text)) return "viewing";
  return lane === "team" ? "noting" : "replying";
}

/** Lets colleagues know that this agent has a conversation before them, while the page is looked at. */
export function useLooking(conversationId: string, isJoined: boolean, mode: Viewer["mode"]): void {
  const chat = useChat();
  const isHere = useWatched() && isJoined;
  useEffect(() => {
    if (!isHere) return;
    const say = (now: Viewer["mode"] | null) =>
      chat.signal({ type: "looking", conversation_id: conversationId, mode: now });
    say(mode);
    const again = setInterval(() => isWatched() && say(mode), REPEAT_MS);
    return () => {
      clearInterval(again);
    };
  }, [chat, conversationId, isHere, mode]);
  useEffect(() => {
    if (!isHere) return;
    return () => chat.signal({ type: "looking", conversation_id: conversationId, mode: null });
  }, [chat, conversationId, isHere]);
}
