import { type Delivery, fullTime, type Pending, type Row, senderOf, timeOfDay } from "@fireside/shared";
import type { JSX } from "preact";
import type { Panel } from "./panel";
import { Text } from "./text";
import { words } from "./words";

interface BubbleProps {
  row: Row;
  panel: Panel;
  me: number | undefined;
  isOffline: boolean;
  delivery: Delivery | undefined;
}

/** One message, by whoever and in whatever state, with what belongs under it. */
export function Bubble({ row, panel, me, isOffline, delivery }: BubbleProps): JSX.Element | null {
  const { item, key, startsGroup } = row;
  if (item.kind === "notice") {
    const text = words.event[item.event]?.(item.sender.name, item.data);
    return text ? <li class="notice">{text}</li> : null;
  }
  const isMine = senderOf(item, me) === me;
  const isDeleted = item.kind === "message" && item.content.type === "deleted";
  const text = textOf(item);
  return (
    <li class={`message ${isMine ? "mine" : "theirs"} ${startsGroup ? "first" : ""}`}>
      {startsGroup && <Author item={item} isMine={isMine} />}
      <div class={`bubble ${isDeleted ? "deleted" : ""} ${item.kind}`}>
        {isDeleted ? words.deleted : <Text text={text} />}
        {item.kind === "streaming" && <span class="caret" aria-hidden="true" />}
      </div>
      {item.kind === "message" && item.edited && <span class="under">{words.edited}</span>}
      {item.kind === "pending" && <PendingState item={item} panel={panel} isOffline={isOffline} />}
      {item.kind === "message" && delivery?.key === key && (
        <span class="under">{words.state[delivery.state]}</span>
      )}
    </li>
  );
}

function Author({
  item,
  isMine,
}: {
  item: Exclude<Row["item"], { kind: "notice" }>;
  isMine: boolean;
}): JSX.Element {
  const name = isMine || item.kind === "pending" ? words.you : item.sender.name;
  const isBot = item.kind !== "pending" && item.sender.role === "bot";
  return (
    <div class="author">
      <span class={isMine ? "hidden" : ""} dir="auto">
        {name}
      </span>
      {isBot && <span class="role">{words.bot}</span>}
      <time dateTime={new Date(item.at).toISOString()} title={fullTime(item.at)}>
        {timeOfDay(item.at)}
      </time>
    </div>
  );
}

function PendingState({
  item,
  panel,
  isOffline,
}: {
  item: Pending;
  panel: Panel;
  isOffline: boolean;
}): JSX.Element {
  const outbox = panel.handler.client?.outbox;
  if (item.state !== "failed") {
    const isLimited = item.error?.code === "rate_limited";
    const waiting = isOffline || item.error ? words.state.waiting : words.state.sending;
    const state = item.state === "sent" ? words.state.sent : isLimited ? words.state.rate_limited : waiting;
    return <span class="under">{state}</span>;
  }
  const reason = words.refusal[item.error?.code ?? ""] ?? item.error?.message;
  return (
    <span class="under failed" role="alert">
      {`${words.state.failed}. ${reason ?? ""} `}
      {item.error?.code !== "conversation_closed" && (
        <button type="button" onClick={() => outbox?.retry(item.client_msg_id)}>
          {words.retry}
        </button>
      )}
      <button type="button" onClick={() => outbox?.remove(item.client_msg_id)}>
        {words.remove}
      </button>
    </span>
  );
}

function textOf(item: Exclude<Row["item"], { kind: "notice" }>): string {
  if (item.kind === "streaming") return item.text;
  return item.content.type === "text" ? item.content.text : "";
}
