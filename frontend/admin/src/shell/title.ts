import { useEffect, useSyncExternalStore } from "react";
import { useLive } from "../app/context";
import { words } from "../app/words";

/** The tab's title: how many open conversations hold something unread, and whose is on the screen. */
export function useTitle(conversationId: string | undefined): void {
  const { conversations } = useLive();
  const title = useSyncExternalStore(conversations.subscribe, () => {
    const shown = conversationId === undefined ? undefined : conversations.get(conversationId);
    const page = shown ? words.title.page(shown.customer.name) : words.brand;
    const unread = conversations.unreadConversations();
    return unread > 0 ? words.title.unread(unread, page) : page;
  });
  useEffect(() => {
    document.title = title;
  }, [title]);
}
