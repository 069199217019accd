import type { Conversation } from "@fireside/shared/protocol";
import { useInfiniteQuery } from "@tanstack/react-query";
import { lazy, Suspense, useSyncExternalStore } from "react";
import { Button } from "react-aria-components";
import { usePeople } from "../../people/people";
import { ChatIcon, CheckIcon, WarningIcon } from "../../ui/icons";
import { Notice, Skeleton } from "../../ui/notice";
import { BulkPlace } from "../bulk/place";
import { useDesk } from "../desk";
import { type CurrentList, keyOf, useCurrentList } from "../views/current";
import { useKept } from "../views/kept";
import { ListHead } from "../views/list-head";
import { holds } from "../views/predicates";
import type { ConversationStore } from "./conversation-store";
import { ConversationList } from "./list";
import { words } from "./words";

const FilteredEmpty = lazy(() => import("../views/filtered-empty"));

/** The list that the address names. */
export function Inbox({ currentId }: { currentId: string | undefined }) {
  const list = useCurrentList();
  if (!list) return <Skeleton rows={6} label={words.loading} />;
  return (
    <>
      <ListHead list={list} currentId={currentId} />
      <Listed key={keyOf(list)} list={list} currentId={currentId} />
    </>
  );
}

function Listed({ list, currentId }: { list: CurrentList; currentId: string | undefined }) {
  const { conversations } = useDesk();
  const { rows: matching, pages } = useConversations(list);
  const { rows, left } = useKept(list.asked, matching, currentId, conversations.get);
  if (rows.length > 0) {
    return (
      <>
        <BulkPlace list={list} rows={rows} hasMore={pages.hasNextPage} />
        <ConversationList
          rows={rows}
          list={list}
          currentId={currentId}
          leftId={left}
          hasMore={pages.hasNextPage}
          onEndNear={() => !pages.isFetching && void pages.fetchNextPage()}
        />
      </>
    );
  }
  if (pages.isPending) return <Skeleton rows={6} label={words.loading} />;
  if (pages.isError) {
    return (
      <Notice role="alert" icon={<WarningIcon />} title={words.failed} hint={words.failedHint}>
        <Button className="button" onPress={() => void pages.refetch()}>
          {words.retry}
        </Button>
      </Notice>
    );
  }
  return <EmptyList list={list} />;
}

function EmptyList({ list }: { list: CurrentList }) {
  if (list.filters.length > 0) {
    return (
      <Suspense>
        <FilteredEmpty list={list} />
      </Suspense>
    );
  }
  switch (list.address.view) {
    case "closed":
      return <Notice icon={<CheckIcon />} title={words.emptyClosed} hint={words.emptyClosedHint} />;
    case "open":
      return (
        <Notice icon={<ChatIcon />} title={words.emptyOpen} hint={words.emptyOpenHint}>
          <a className="link" href="/demo" target="_blank" rel="noopener">
            {words.tryDemo}
          </a>
        </Notice>
      );
    case "mine":
      return <Notice icon={<CheckIcon />} title={words.emptyMine} hint={words.emptyMineHint} />;
    default:
      return <Notice icon={<CheckIcon />} title={words.emptyView} hint={words.emptyViewHint} />;
  }
}

/** The live list, filled page by page in its order; what the socket tells comes into the same store. */
export function useConversations(list: CurrentList) {
  const { api, conversations } = useDesk();
  const rows = useListed(list);
  const generation = useSyncExternalStore(conversations.subscribe, conversations.generation);
  const { asked, sort } = list;
  const pages = useInfiniteQuery({
    queryKey: ["conversations", asked, sort, generation],
    queryFn: async ({ pageParam, signal }) => {
      const page = await api.conversations(
        { view: asked, sort, ...(pageParam && { before: pageParam }) },
        signal,
      );
      conversations.upsert(page.items);
      return page.next;
    },
    initialPageParam: "",
    getNextPageParam: (next) => next,
  });
  return { rows, pages };
}

/** What is known of a list, in its order. */
function useListed(list: CurrentList): readonly Conversation[] {
  const { agent } = usePeople();
  const { conversations } = useDesk();
  return useSyncExternalStore(conversations.subscribe, () => rowsOf(list, conversations, agent.id));
}

function rowsOf(list: CurrentList, conversations: ConversationStore, me: number): readonly Conversation[] {
  return conversations.matching(
    keyOf(list),
    (conversation) => holds(list.predicate, conversation, me, Date.now()),
    list.sort,
  );
}

/** Returns what tells the rows of the list on the screen, as they are when it is asked. */
export function useListedRows(): () => readonly Conversation[] {
  const { agent } = usePeople();
  const { conversations } = useDesk();
  const list = useCurrentList();
  return () => (list ? rowsOf(list, conversations, agent.id) : []);
}

/** The conversation so many rows further down; the first where none of the list is open. */
export function stepFrom(
  rows: readonly Conversation[],
  id: string | undefined,
  by: number,
): Conversation | undefined {
  const index = rows.findIndex((conversation) => conversation.id === id);
  return rows[index < 0 ? 0 : index + by];
}
