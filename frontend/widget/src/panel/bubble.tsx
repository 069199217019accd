import {
  byContent,
  type Delivery,
  type Outbox,
  type Pending,
  type Row,
  senderOf,
  timeOfDay,
} from "@fireside/shared";
import { h, type JSX } from "preact";
import type { Panel } from "./panel";
import * as words from "./words";

interface BubbleProps {
  row: Row;
  outbox: Outbox | undefined;
  me: number | undefined;
  isOffline: boolean;
  delivery: Delivery | undefined;
  panel: Panel;
}

/** One message, by whoever and in whatever state, with what belongs under it. */
export function Bubble({ row, outbox, me, isOffline, delivery, panel }: BubbleProps): JSX.Element | null {
  const { item, key, startsGroup } = row;
  if (item.kind === "notice") {
    const text = words.happened(item);
    return text ? <li class="notice">{text}</li> : null;
  }
  const isMine = senderOf(item, me) === me;
  const isNewest = delivery?.key === key;
  const content = item.kind === "streaming" ? { type: "text" as const, text: item.text } : item.content;
  const bubble = (
    <div class={`bubble ${content.type} ${item.kind}`}>
      {byContent<JSX.Element | string>(content, {
        // Another text is another element, for the browser may have translated this one.
        text: ({ text }) => (
          <span key={text} class="text" dir="auto" translate>
            {text}
          </span>
        ),
        deleted: () => words.deleted,
        unknown: () => words.unknown,
      })}
    </div>
  );
  return (
    <li class={`message ${isMine ? "mine" : "theirs"} ${startsGroup ? "first" : ""}`}>
      {startsGroup && <Author item={item} isMine={isMine} />}
      {panel.extras?.dress(item, bubble) ?? bubble}
      {item.kind === "pending" && (isNewest || item.state === "failed") && (
        <Sending item={item} outbox={outbox} isOffline={isOffline} />
      )}
      {item.kind === "message" && isNewest && <span class="under">{words.state[delivery.state]}</span>}
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
  const isBot = item.kind !== "pending" && item.sender.role === "bot" && name !== words.bot;
  return (
    <div class="author">
      <b class={isMine ? "hidden" : ""} dir="auto">
        {name}
      </b>
      {isBot && <i>{words.bot}</i>}
      <span>{timeOfDay(item.at)}</span>
    </div>
  );
}

interface SendingProps {
  item: Pending;
  outbox: Outbox | undefined;
  isOffline: boolean;
}

/** The state of a message on its way; one that was refused says why and what can be done. */
function Sending({ item: { state, error, client_msg_id }, outbox, isOffline }: SendingProps): JSX.Element {
  if (state !== "failed") return <span class="under">{progress(state, error?.code, isOffline)}</span>;
  return (
    <span class="under failed" role="alert">
      {words.state.failed}. {error?.message}{" "}
      <button onClick={() => outbox?.retry(client_msg_id)}>{words.retry}</button>
      <button onClick={() => outbox?.remove(client_msg_id)}>{words.remove}</button>
    </span>
  );
}

function progress(state: "sending" | "sent", code: string | undefined, isOffline: boolean): string {
  if (state === "sent") return words.state.sent;
  if (code === "rate_limited") return words.state.rate_limited;
  return code || isOffline ? words.state.waiting : words.state.sending;
}
