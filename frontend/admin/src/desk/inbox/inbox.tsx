import type { ConversationStatus } from "@fireside/shared/protocol";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { Button, ToggleButton, ToggleButtonGroup } from "react-aria-components";
import { ChatIcon, CheckIcon, WarningIcon } from "../../ui/icons";
import { Notice, Skeleton } from "../../ui/notice";
import { useDesk } from "../desk";
import { ConversationList } from "./list";
import { words } from "./words";

interface InboxProps {
  status: ConversationStatus;
  onStatus(status: ConversationStatus): void;
  currentId: string | undefined;
}

export function Inbox({ status, onStatus, currentId }: InboxProps) {
  const { rows, pages } = useConversations(status);
  return (
    <>
      <ToggleButtonGroup
        className="segments"
        aria-label={words.filter}
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[status]}
        onSelectionChange={([chosen]) => onStatus(chosen as ConversationStatus)}
      >
        <ToggleButton id="open">{words.open}</ToggleButton>
        <ToggleButton id="closed">{words.closed}</ToggleButton>
      </ToggleButtonGroup>
      {rows.length > 0 ? (
        <ConversationList
          key={status}
          rows={rows}
          status={status}
          currentId={currentId}
          hasMore={pages.hasNextPage}
          onEndNear={() => !pages.isFetching && void pages.fetchNextPage()}
        />
      ) : pages.isPending ? (
        <Skeleton rows={6} label={words.loading} />
      ) : pages.isError ? (
        <Notice role="alert" icon={<WarningIcon />} title={words.failed} hint={words.failedHint}>
          <Button className="button" onPress={() => void pages.refetch()}>
            {words.retry}
          </Button>
        </Notice>
      ) : (
        <EmptyList status={status} />
      )}
    </>
  );
}

function EmptyList({ status }: { status: ConversationStatus }) {
  if (status === "closed") {
    return <Notice icon={<CheckIcon />} title={words.emptyClosed} hint={words.emptyClosedHint} />;
  }
  return (
    <Notice icon={<ChatIcon />} title={words.emptyOpen} hint={words.emptyOpenHint}>
      <a className="link" href="/demo" target="_blank" rel="noopener">
        {words.tryDemo}
      </a>
    </Notice>
  );
}

/** The live list, filled page by page from the newest; what the socket tells comes into the same store. */
function useConversations(status: ConversationStatus) {
  const { api, conversations } = useDesk();
  const rows = useSyncExternalStore(conversations.subscribe, () => conversations.list(status));
  const pages = useInfiniteQuery({
    queryKey: ["conversations", status],
    queryFn: async ({ pageParam, signal }) => {
      const page = await api.conversations({ status, ...(pageParam && { before: pageParam }) }, signal);
      conversations.upsert(page.items);
      return page.next;
    },
    initialPageParam: "",
    getNextPageParam: (next) => next,
  });
  return { rows, pages };
}
