import type { Row } from "@fireside/shared/log/timeline";
import { Fragment, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import { Button } from "react-aria-components";
import { Virtualizer, type VirtualizerHandle } from "virtua";
import { DownIcon } from "../../ui/icons";
import { words } from "./words";
import "./log.css";

/** This close to the end counts as being there, in pixels. */
const END_SLACK = 48;
/** Older messages are asked for when fewer rows than this are above. */
const ROWS_AHEAD = 8;
/** More new rows than this hardly fit on a screen. */
const SCREENFUL = 10;
/** Height, in the style sheet, of what stands above the first row, whatever it says. */
const TOP_HEIGHT = 56;

/** The rows that the last rendering showed. */
interface Shown {
  first: string | undefined;
  last: string | undefined;
  hasLine: boolean;
}

interface LogProps {
  rows: readonly Row[];
  /** The user whose rows bring the reader to the end, wherever they are. */
  ownId: number;
  hasOlder: boolean;
  onTopNear(): void;
  /** The reader sees the newest row, or no longer does. */
  onAtEnd(atEnd: boolean): void;
  /** A row to go to; another object is another wish to. */
  target?: { key: string } | undefined;
  /** Stands above the first row. */
  top: ReactNode;
  children(row: Row): ReactNode;
}

/**
 * The scrolling part of a conversation. It stays at the end while the reader is there, holds the place when
 * older rows come above, and otherwise only says that there is something new.
 */
export function Log({ rows, ownId, hasOlder, onTopNear, onAtEnd, target, top, children }: LogProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useRef<VirtualizerHandle>(null);
  const isAtEnd = useRef(true);
  /** The end of the last scroll, and whether the reader went up: one who leaves slowly must not be pulled back. */
  const scrolled = useRef({ top: 0, height: 0, up: false });
  const shown = useRef<Shown>({ first: undefined, last: undefined, hasLine: false });
  const [seenKey, setSeenKey] = useState<string>();

  const first = rows[0]?.key;
  const last = rows.at(-1)?.key;
  const line = rows.findIndex(({ startsNew }) => startsNew);
  // Rows that come above must not move what is being read.
  const grewAbove = shown.current.first !== undefined && shown.current.first !== first;

  function toEnd(): void {
    // Already there, although the rows there have no height yet: it is followed while they are measured.
    setAtEnd(true);
    // Not the list's own scroll: it would repeat itself at each row that is measured, against the reader's wheel.
    const frame = scroller.current;
    if (frame) frame.scrollTop = frame.scrollHeight;
  }

  function setAtEnd(atEnd: boolean, seen = last): void {
    if (isAtEnd.current === atEnd) return;
    isAtEnd.current = atEnd;
    setSeenKey(atEnd ? undefined : seen);
    onAtEnd(atEnd);
  }

  useLayoutEffect(() => {
    const before = shown.current;
    shown.current = { first, last, hasLine: line > 0 };
    const list = virtualizer.current;
    if (!list || last === undefined) return;
    if (line > 0 && !before.hasLine && isAtEnd.current && rows.length - line > SCREENFUL) {
      // Much is unread: the reader begins where it begins.
      setAtEnd(false, rows[line - 1]?.key);
      list.scrollToIndex(line, { align: "start" });
    } else if (
      last !== before.last &&
      (isAtEnd.current || (before.last !== undefined && isOwn(rows.at(-1), ownId)))
    ) {
      toEnd();
    }
  });

  useEffect(() => {
    // A screen that is taller than a page of messages never scrolls, and must ask by itself.
    const { current } = virtualizer;
    if (hasOlder && current && current.scrollSize <= current.viewportSize) onTopNear();
  });

  useEffect(() => {
    const index = rows.findIndex(({ key }) => key === target?.key);
    if (index < 0) return;
    setAtEnd(false);
    virtualizer.current?.scrollToIndex(index, { align: "center" });
    // Once for each wish, whatever comes meanwhile.
  }, [target]);

  function onScroll(): void {
    const { current } = virtualizer;
    const frame = scroller.current;
    if (!current || !frame) return;
    const { scrollTop: top, scrollHeight: height } = frame;
    const below = height - top - frame.clientHeight;
    // A row above that turns out lower takes the list up with it, by as much as the whole has shrunk.
    const up = below > 1 && top - scrolled.current.top < Math.min(0, height - scrolled.current.height);
    scrolled.current = { top, height, up };
    if (below < END_SLACK) setAtEnd(true);
    else if (up) setAtEnd(false);
    // On a slow machine rows have grown between the way to the end and the news of it.
    else if (isAtEnd.current) toEnd();
    if (hasOlder && current.findItemIndex(current.scrollOffset) < ROWS_AHEAD) onTopNear();
  }

  const unseen = countAfter(rows, seenKey, ownId);
  return (
    <div className="log-frame">
      <div className="log-scroller" ref={scroller} tabIndex={0} role="region" aria-label={words.log}>
        <div className="log-top">{top}</div>
        <Virtualizer
          ref={virtualizer}
          scrollRef={scroller}
          as="ol"
          item="li"
          data={rows}
          startMargin={TOP_HEIGHT}
          shift={grewAbove}
          bufferSize={400}
          onScroll={onScroll}
          onResize={() => isAtEnd.current && !scrolled.current.up && toEnd()}
        >
          {(row) => <Fragment key={row.key}>{children(row)}</Fragment>}
        </Virtualizer>
      </div>
      {seenKey !== undefined && (
        <Button
          className="pill log-pill"
          aria-label={unseen > 0 ? words.newMessages(unseen) : words.toEnd}
          onPress={toEnd}
        >
          <DownIcon />
          {unseen > 0 && words.newMessages(unseen)}
        </Button>
      )}
    </div>
  );
}

function isOwn(row: Row | undefined, ownId: number): boolean {
  if (!row || row.item.kind === "notice") return false;
  return row.item.kind === "pending" || row.item.sender.id === ownId;
}

/** The number of messages of others that stand after the row with this key. */
function countAfter(rows: readonly Row[], key: string | undefined, ownId: number): number {
  if (key === undefined) return 0;
  let count = 0;
  for (let index = rows.length - 1; index >= 0; index--) {
    const row = rows[index];
    if (!row || row.key === key) break;
    if (row.item.kind === "message" && !isOwn(row, ownId)) count++;
  }
  return count;
}
