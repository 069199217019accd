import { useEffect, useSyncExternalStore } from "react";
import { useDesk } from "../desk/desk";
import { BRAND } from "../ui/brand";
import { words } from "./words";

/** The tab's title: how many open conversations hold something unread, and whose is on the screen. */
export function useTitle(conversationId: string | undefined): void {
  const { conversations } = useDesk();
  const title = useSyncExternalStore(conversations.subscribe, () => {
    const shown = conversationId === undefined ? undefined : conversations.get(conversationId);
    const page = shown ? words.title.page(shown.customer.name) : BRAND;
    const unread = conversations.unreadConversations();
    return unread > 0 ? words.title.unread(unread, page) : page;
  });
  useEffect(() => {
    document.title = title;
  }, [title]);
}
