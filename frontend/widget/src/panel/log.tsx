import { dayHeading, newestDelivery, type Room, type Row, rows, timeline } from "@fireside/shared";
import { Fragment, type JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useSubscription } from "./hooks";
import { Bubble } from "./bubble";
import { Icon } from "./icons";
import type { Panel } from "./panel";
import { words } from "./words";

/** Closer to an end than this counts as being there, in pixels. */
const NEAR = 48;

/** The conversation: stays at its end while one is there, and holds its place while older pages come. */
export function Log({ room, panel, welcome }: { room: Room; panel: Panel; welcome: string }): JSX.Element {
  useSubscription(room.subscribe);
  const { conversation, hasOlder, loadingOlder, phase } = room.view;
  const me = panel.handler.session?.user.id;
  const items = timeline(conversation);
  const shown = rows(items, me, panel.view.readSeq);
  const { list, isAtEnd, toEnd } = useScroll(shown, room, panel.view.isOpen);
  const delivery = newestDelivery(conversation, items, me, ["agent"]);
  const isOffline = panel.view.status.state !== "connected";
  return (
    <div class="log">
      <div class="scroll" ref={list} tabIndex={0} role="region" aria-label={words.conversation}>
        {hasOlder && <p class="notice">{loadingOlder ? words.older : ""}</p>}
        {!hasOlder && welcome && phase === "ready" && (
          <p class="welcome" dir="auto">
            {welcome}
          </p>
        )}
        <ol>
          {shown.map((row) => (
            <Fragment key={row.key}>
              {row.startsDay && <li class="day">{dayHeading(row.item.at, Date.now())}</li>}
              {row.startsNew && <li class="new">{words.newLine}</li>}
              <Bubble row={row} panel={panel} me={me} isOffline={isOffline} delivery={delivery} />
            </Fragment>
          ))}
        </ol>
        <TypingBubble
          names={conversation.typing.filter(({ role }) => role !== "customer").map((t) => t.user_name)}
        />
      </div>
      {!isAtEnd && (
        <button type="button" class="to-end" onClick={toEnd}>
          <Icon name="down" /> {words.newMessages}
        </button>
      )}
    </div>
  );
}

/** Names and dots; the dots are for the eye only, the name is said by the live region. */
function TypingBubble({ names }: { names: string[] }): JSX.Element | null {
  if (!names.length) return null;
  return (
    <p class="message theirs typing">
      <span class="author">{words.typing(names.join(", "))}</span>
      <span class="bubble dots" aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
    </p>
  );
}

function useScroll(shown: readonly Row[], room: Room, isOpen: boolean) {
  const list = useRef<HTMLDivElement>(null);
  /** Where the view stood before this rendering: its distance from the end, and its first line. */
  const before = useRef({ fromEnd: 0, firstKey: "", lastKey: "" });
  const [isAtEnd, setAtEnd] = useState(true);
  const firstKey = shown[0]?.key ?? "";
  const last = shown.at(-1);
  const lastKey = last?.key ?? "";

  const toEnd = (): void => {
    if (list.current) list.current.scrollTop = list.current.scrollHeight;
  };

  useLayoutEffect(() => {
    const view = list.current;
    if (!view) return;
    const { fromEnd, firstKey: oldFirst, lastKey: oldLast } = before.current;
    const hasGrownAbove = oldFirst !== "" && firstKey !== oldFirst && lastKey === oldLast;
    if (hasGrownAbove) view.scrollTop = view.scrollHeight - view.clientHeight - fromEnd;
    else if (fromEnd < NEAR || (last?.item.kind === "pending" && lastKey !== oldLast)) toEnd();
    else if (lastKey !== oldLast) setAtEnd(false);
    before.current = { ...before.current, firstKey, lastKey };
  });

  useEffect(() => {
    const view = list.current;
    if (!view) return;
    const scrolled = (): void => {
      const fromEnd = view.scrollHeight - view.clientHeight - view.scrollTop;
      before.current = { ...before.current, fromEnd };
      if (fromEnd < NEAR) setAtEnd(true);
      if (view.scrollTop < NEAR) void room.loadOlder().catch(() => {});
    };
    // A bubble that grows, a keyboard that opens, a panel that is shown: who was at the end stays there.
    const resized = new ResizeObserver(() => {
      if (before.current.fromEnd < NEAR) toEnd();
    });
    resized.observe(view);
    view.addEventListener("scroll", scrolled, { passive: true });
    return () => {
      view.removeEventListener("scroll", scrolled);
      resized.disconnect();
    };
  }, [room]);

  useEffect(() => {
    if (isOpen && before.current.fromEnd < NEAR) toEnd();
  }, [isOpen]);

  return { list, isAtEnd, toEnd };
}
