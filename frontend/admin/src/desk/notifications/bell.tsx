import { useCallback, useEffect, useState, useSyncExternalStore } from "react";
import { Button, Dialog, DialogTrigger, Popover, type PopoverProps } from "react-aria-components";
import { useLocation } from "wouter";
import { usePeople } from "../../people/people";
import { BellIcon } from "../../ui/icons";
import { conversationPath, listAt } from "../conversations/address";
import { useDesk } from "../desk";
import { drawFavicon } from "./favicon";
import { NotificationList } from "./list";
import { Notifications } from "./notifications";
import { words } from "./words";
import "./bell.css";

interface BellProps {
  placement: PopoverProps["placement"] & {};
  /** It was asked for before it was there. */
  isOpenAtFirst: boolean;
}

/** What one was told of, behind a bell that counts what is new. All that rings and shows lives as long as it does. */
export function Bell({ placement, isOpenAtFirst }: BellProps) {
  const notifications = useNotifications();
  const state = useSyncExternalStore(notifications.store.subscribe, notifications.store.getState);
  const [isOpen, setOpen] = useState(isOpenAtFirst);
  const [, go] = useLocation();
  const count = useCount(notifications);
  useFavicon();

  function open(isWanted: boolean): void {
    setOpen(isWanted);
    // While it is open one sees which are new.
    if (!isWanted) notifications.see(null);
  }

  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={open}>
      <Button className="rail-item" aria-label={words.count(count)}>
        <BellIcon />
        {count > 0 && (
          <span className="bell-count" aria-hidden="true">
            {count > 9 ? "9+" : count}
          </span>
        )}
        <span className="rail-word" aria-hidden="true">
          {words.title}
        </span>
      </Button>
      <Popover className="popover bell-popover" placement={placement}>
        <Dialog className="bell-dialog" aria-label={words.title}>
          <NotificationList
            state={state}
            isOver={(each) => notifications.isOver(each)}
            onAgain={() => void notifications.store.load()}
            onGo={(path) => {
              open(false);
              go(path);
            }}
          />
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

function useNotifications(): Notifications {
  const { conversations, sound, chat } = useDesk();
  const { agent } = usePeople();
  const [path, go] = useLocation();
  const [notifications] = useState(
    () =>
      new Notifications({
        chat,
        conversations,
        sound,
        store: sound.store,
        agentId: agent.id,
        open: (id) => go(conversationPath(id, listAt(new URLSearchParams(location.search)))),
      }),
  );
  useEffect(() => {
    notifications.start();
    return () => notifications.stop();
  }, [notifications]);
  useEffect(() => notifications.look(), [notifications, path]);
  return notifications;
}

/** Those that one was told of, and that still want something of somebody. */
function useCount(notifications: Notifications): number {
  const { conversations } = useDesk();
  const subscribe = useCallback(
    (listener: () => void) => {
      const stops = [notifications.store.subscribe(listener), conversations.subscribe(listener)];
      return () => stops.forEach((stop) => stop());
    },
    [notifications, conversations],
  );
  return useSyncExternalStore(subscribe, () => notifications.count());
}

/** As many as the title says. */
function useFavicon(): void {
  const { conversations } = useDesk();
  const count = useSyncExternalStore(conversations.subscribe, () => conversations.unreadConversations());
  useEffect(() => void drawFavicon(count), [count]);
}
