import { useEffect, useSyncExternalStore } from "react";
import { useLive } from "../live/context";
import { words } from "../words";

/** The tab's title: how many open conversations hold something unread, and whose is on the screen. */
export function useTitle(customerName: string | undefined): void {
  const { conversations } = useLive();
  const unread = useSyncExternalStore(conversations.subscribe, () => conversations.unreadConversations());
  useEffect(() => {
    const page = customerName === undefined ? words.brand : words.title.page(customerName);
    document.title = unread > 0 ? words.title.unread(unread, page) : page;
  }, [unread, customerName]);
}
