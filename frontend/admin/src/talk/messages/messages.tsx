import { dayHeading } from "@fireside/shared/format/times";
import type { Room, RoomView } from "@fireside/shared/log/room";
import {
  newestDelivery,
  type Row,
  rows as toRows,
  timeline,
  type TimelineItem,
} from "@fireside/shared/log/timeline";
import { messageAt, type Message } from "@fireside/shared/log/lane";
import { isYoung, reach } from "@fireside/shared/log/message-changes";
import type { LaneName } from "@fireside/shared/protocol";
import { type ReactNode, type Ref, useImperativeHandle, useMemo, useRef, useState } from "react";
import { Button } from "react-aria-components";
import { usePeople } from "../../people/people";
import { useChat } from "../../ui/chat";
import { useWatched } from "../../ui/browser";
import { useNow } from "../../ui/clock";
import { ChatIcon, WarningIcon } from "../../ui/icons";
import { language } from "../../ui/language";
import { Notice, Skeleton, useDelayed } from "../../ui/notice";
import { type MessageActions, MessageActionsProvider } from "../actions";
import { useComposer } from "../composer/handle";
import { NoticeLine } from "../events/event-line";
import { DeliveryLine } from "./delivery";
import { Log } from "./log";
import { MessageItem, PendingItem, StreamingItem } from "./message";
import { useReadState, useReading } from "../reading/use-reading";
import { useReadLine } from "./read-line";
import { readersAt } from "./readers";
import { ReadersLine } from "./readers-line";
import { words } from "./words";

/** Time for which a message must be in view before it counts as read. */
const GLANCE_MS = 500;

export interface MessagesHandle {
  /** Edits the agent's newest message in its place, if it may still be; tells whether it does. */
  editNewest(): boolean;
}

interface MessagesProps {
  ref?: Ref<MessagesHandle>;
  room: Room;
  view: RoomView;
  isOffline: boolean;
}

export function Messages({ ref, room, view, isOffline }: MessagesProps) {
  const { agent } = usePeople();
  const { conversation, phase } = view;
  const [isAtEnd, setAtEnd] = useState(true);
  const [olderFailed, setOlderFailed] = useState(false);
  const isReading = useDelayed(useWatched() && isAtEnd && phase === "ready", GLANCE_MS);
  const now = useNow();
  const readSeq = useReadLine(view, agent.id, isReading, useReadState(room.id)?.unread_from);

  // Typing and marks come as often as messages, and change nothing in thousands of rows.
  const { lanes, pending, streaming } = conversation;
  const items = useMemo(() => timeline(conversation, ["public", "team"]), [lanes, pending, streaming]);
  const rows = useMemo(() => toRows(items, agent.id, readSeq), [items, agent.id, readSeq]);
  const delivery = newestDelivery(conversation, items.filter(isPublic), agent.id, ["customer"]);

  const { marks } = conversation;
  const readers = useMemo(() => readersAt(items, marks, agent.id), [items, marks, agent.id]);

  useReading(room, lanes.public.last ?? 0, lanes.team.last ?? 0, isReading);

  const chat = useChat();
  const composer = useComposer();
  const [editing, setEditing] = useState<string>();
  const [target, setTarget] = useState<{ key: string }>();
  const shownView = useRef(view);
  shownView.current = view;

  const actions = useMemo((): MessageActions => {
    const edit = (message: Message | undefined): void => {
      setEditing(message?.client_msg_id);
      if (!message) composer.current?.write({});
    };
    const jump = async (lane: LaneName, seq: number): Promise<void> => {
      if (!(await reach(room, lane, seq).catch(() => false))) return setOlderFailed(true);
      const found = messageAt(room.view.conversation.lanes[lane], seq);
      if (found) setTarget({ key: found.client_msg_id });
    };
    return {
      room,
      ownId: agent.id,
      isAdmin: agent.is_admin,
      editing,
      edit,
      reply: ({ lane, seq }) => composer.current?.write({ lane, reply_to: seq }),
      jump: (lane, seq) => void jump(lane, seq),
    };
  }, [room, agent, editing, composer]);

  useImperativeHandle(ref, () => ({
    editNewest() {
      const { lanes } = shownView.current.conversation;
      const own = [...lanes.public.items, ...lanes.team.items]
        .filter((item): item is Message => item.kind === "message" && item.sender.id === agent.id)
        .filter((item) => item.content.type === "text")
        .sort((a, b) => a.at - b.at)
        .at(-1);
      if (!own || !isYoung(own, chat.limits, Date.now())) return false;
      setEditing(own.client_msg_id);
      setTarget({ key: own.client_msg_id });
      return true;
    },
  }));

  async function loadOlder(): Promise<void> {
    setOlderFailed(false);
    await room.loadOlder().catch(() => setOlderFailed(true));
  }

  if (rows.length === 0) return <EmptyLog view={view} />;
  return (
    <MessageActionsProvider value={actions}>
      <Log
        target={target}
        rows={rows}
        ownId={agent.id}
        hasOlder={view.hasOlder && !view.loadingOlder && !olderFailed}
        onTopNear={() => void loadOlder()}
        onAtEnd={setAtEnd}
        top={<Top view={view} failed={olderFailed} onRetry={() => void loadOlder()} />}
      >
        {(row) => (
          <>
            {row.startsDay && <DaySeparator row={row} now={now} />}
            {row.startsNew && <p className="log-line new-line">{words.newLine}</p>}
            {item(row)}
            {delivery?.key === row.key && <DeliveryLine state={delivery.state} isOffline={isOffline} />}
            {readers.has(row.key) && <ReadersLine ids={readers.get(row.key) ?? []} />}
          </>
        )}
      </Log>
    </MessageActionsProvider>
  );

  function answered({
    lane,
    reply_to,
  }: {
    lane: LaneName;
    reply_to?: number | undefined;
  }): Message | undefined {
    return reply_to === undefined ? undefined : messageAt(lanes[lane], reply_to);
  }

  function item({ item, startsGroup }: Row): ReactNode {
    switch (item.kind) {
      case "message":
        return (
          <MessageItem
            message={item}
            answered={answered(item)}
            pointed={target?.key === item.client_msg_id}
            own={item.sender.id === agent.id}
            startsGroup={startsGroup}
          />
        );
      case "pending":
        return (
          <PendingItem
            pending={item}
            answered={answered(item)}
            sender={{ id: agent.id, role: "agent", name: agent.name }}
            startsGroup={startsGroup}
            onRetry={(id) => room.link.outbox.retry(id)}
            onDelete={(id) => room.link.outbox.remove(id)}
          />
        );
      case "streaming":
        return <StreamingItem streaming={item} startsGroup={startsGroup} />;
      case "notice":
        return <NoticeLine notice={item} ownId={agent.id} />;
    }
  }
}

/** Notes arrive nowhere: what the agent waits for is the customer. */
function isPublic(item: TimelineItem): boolean {
  return item.kind === "streaming" || item.lane === "public";
}

function EmptyLog({ view }: { view: RoomView }) {
  const { failed, failedHint, empty, emptyHint, loading } = words;
  if (view.phase === "ready") return <Notice icon={<ChatIcon />} title={empty} hint={emptyHint} />;
  if (view.phase === "failed")
    return <Notice role="alert" icon={<WarningIcon />} title={failed} hint={failedHint} />;
  return <Skeleton rows={5} label={loading} />;
}

function Top({ view, failed, onRetry }: { view: RoomView; failed: boolean; onRetry(): void }) {
  if (failed) {
    return (
      <p role="alert">
        {words.olderFailed}{" "}
        <Button className="link" onPress={onRetry}>
          {words.retry}
        </Button>
      </p>
    );
  }
  return <p>{view.hasOlder ? words.loadingOlder : words.beginning}</p>;
}

function DaySeparator({ row, now }: { row: Row; now: number }) {
  const { item } = row;
  const at = item.kind === "streaming" ? item.until : item.at;
  return <h3 className="log-line day-separator">{dayHeading(at, now, language)}</h3>;
}
