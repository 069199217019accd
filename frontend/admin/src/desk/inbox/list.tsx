import type { Conversation } from "@fireside/shared/protocol";
import { type KeyboardEvent, type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { Button } from "react-aria-components";
import { Virtualizer, type VirtualizerHandle } from "virtua";
import { usePeople } from "../../people/people";
import { useDesk } from "../desk";
import { type CurrentList, keyOf } from "../views/current";
import { ORDERS } from "./conversation-store";
import { holdList } from "./hold";
import { InboxRow } from "./row";
import { words } from "./words";
import "./list.css";

const ROW_HEIGHT = 68;
/** Rows before the end at which the next page is asked for. */
const AHEAD = 15;

interface ListProps {
  rows: readonly Conversation[];
  list: CurrentList;
  currentId: string | undefined;
  /** The row of the open conversation, where it no longer belongs here. */
  leftId: string | undefined;
  hasMore: boolean;
  onEndNear(): void;
}

export function ConversationList({ rows: live, list, currentId, leftId, hasMore, onEndNear }: ListProps) {
  const { agent } = usePeople();
  const { conversations, selection } = useDesk();
  const listKey = keyOf(list);
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useRef<VirtualizerHandle>(null);
  const [held, setHeld] = useState<readonly Conversation[]>();
  const { rows, waiting } = held
    ? holdList(held, live, conversations.get, ORDERS[list.sort])
    : { rows: live, waiting: 0 };
  const currentIndex = rows.findIndex(({ id }) => id === currentId);
  const focus = useFocusedRow(scroller, virtualizer, rows, () => setHeld((before) => before ?? live));

  useEffect(() => {
    // The row of the open conversation stays in sight when it was opened by key or by link.
    if (currentIndex < 0) return;
    virtualizer.current?.scrollToIndex(currentIndex, { align: "nearest" });
    if (currentId !== undefined && scroller.current?.contains(document.activeElement)) focus.row(currentId);
    // Not when its row moves: a message that comes must not drag the list along.
  }, [currentId]);

  const latest = useRef(rows);
  latest.current = rows;
  const extend = useCallback(
    (id: string) => selection.extend(listKey, id, latest.current),
    [selection, listKey],
  );

  function onScroll(): void {
    const shown = virtualizer.current;
    if (!shown || !hasMore) return;
    if (shown.findItemIndex(shown.scrollOffset + shown.viewportSize) > rows.length - AHEAD) onEndNear();
  }

  return (
    <div
      className="list-frame"
      onPointerEnter={(event) => event.pointerType === "mouse" && setHeld(live)}
      onPointerLeave={() => setHeld(undefined)}
      onBlur={({ currentTarget, relatedTarget }) => {
        if (!currentTarget.contains(relatedTarget)) setHeld(undefined);
      }}
    >
      {waiting > 0 && (
        <Button
          className="pill list-pill"
          aria-label={words.showWaiting(waiting)}
          onPress={() => {
            setHeld(live);
            virtualizer.current?.scrollToIndex(0);
          }}
        >
          {words.waiting(waiting)}
        </Button>
      )}
      <div className="list-scroller" ref={scroller} onKeyDown={focus.onKeyDown}>
        <nav aria-label={words.label(list.name)}>
          <Virtualizer
            ref={virtualizer}
            scrollRef={scroller}
            as="ul"
            item="li"
            data={rows}
            itemSize={ROW_HEIGHT}
            keepMounted={currentIndex >= 0 ? [currentIndex] : []}
            onScroll={onScroll}
          >
            {(conversation, index) => (
              <InboxRow
                key={conversation.id}
                conversation={conversation}
                ownId={agent.id}
                isCurrent={conversation.id === currentId}
                isTabStop={index === Math.max(0, currentIndex)}
                address={list.address}
                hasLeft={conversation.id === leftId}
                list={listKey}
                onExtend={extend}
              />
            )}
          </Virtualizer>
        </nav>
        {hasMore && <p className="list-more">{words.loadingMore}</p>}
      </div>
    </div>
  );
}

/** Arrow keys, Home and End move the focus through rows, mounted or not. */
function useFocusedRow(
  scroller: RefObject<HTMLElement | null>,
  virtualizer: RefObject<VirtualizerHandle | null>,
  rows: readonly Conversation[],
  /** The rows must not move away from under the keyboard either. */
  onMoved: () => void,
) {
  function find(id: string): boolean {
    const element = scroller.current?.querySelector<HTMLElement>(`[data-conversation="${CSS.escape(id)}"]`);
    element?.focus({ preventScroll: true });
    return element != null;
  }

  function row(id: string): void {
    // A row that was out of sight is mounted after the scroll.
    if (!find(id)) requestAnimationFrame(() => requestAnimationFrame(() => find(id)));
  }

  function onKeyDown(event: KeyboardEvent): void {
    const from = (event.target as Element).closest<HTMLElement>("[data-conversation]")?.dataset.conversation;
    const index = rows.findIndex(({ id }) => id === from);
    if (index < 0) return;
    const to = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: rows.length - 1 }[event.key];
    const target = to === undefined ? undefined : rows[to];
    if (to === undefined || !target) return;
    event.preventDefault();
    onMoved();
    virtualizer.current?.scrollToIndex(to, { align: "nearest" });
    row(target.id);
  }

  return { onKeyDown, row };
}
