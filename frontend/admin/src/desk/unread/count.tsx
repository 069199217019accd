import { useQuery } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { usePeople } from "../../people/people";
import { useTalk } from "../../talk/talk";
import { useDesk } from "../desk";
import { isUnread } from "./unread";
import { words } from "./words";
import "./dot.css";

/** Pages read to know all that one agent has; beyond them nobody counts by eye. */
const MOST_PAGES = 4;

/** How many of the open conversations that are assigned to this agent they have yet to read. */
export function UnreadCount() {
  const count = useUnreadOfMine();
  if (count === 0) return null;
  return (
    <span className="unread-count" title={words.count(count)}>
      <span aria-hidden="true">{count}</span>
      <span className="visually-hidden">{words.count(count)}</span>
    </span>
  );
}

function useUnreadOfMine(): number {
  const { api, conversations } = useDesk();
  const { states } = useTalk().reading;
  const { agent } = usePeople();
  const generation = useSyncExternalStore(conversations.subscribe, conversations.generation);
  // The list brings what is on the screen; these may be further down.
  useQuery({
    queryKey: ["mine", generation],
    queryFn: async ({ signal }) => {
      let before: string | null | undefined;
      for (let pages = 0; pages < MOST_PAGES && before !== null; pages++) {
        const page = await api.conversations({ view: "mine", ...(before && { before }) }, signal);
        conversations.upsert(page.items);
        before = page.next;
      }
      return true;
    },
  });
  const mine = useSyncExternalStore(conversations.subscribe, () =>
    conversations.matching(
      "unread of mine",
      ({ status, assignee }) => status === "open" && assignee?.id === agent.id,
      "activity",
    ),
  );
  useSyncExternalStore(states.subscribeToAll, states.changes);
  useEffect(() => {
    const stops = mine.map(({ id }) => states.watch(id));
    return () => stops.forEach((stop) => stop());
  }, [mine, states]);
  return mine.filter((conversation) => isUnread(conversation, states.get(conversation.id))).length;
}
