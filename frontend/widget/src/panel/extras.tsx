import {
  type ChatClient,
  isBlank,
  type Message,
  messageAt,
  type NoticeOf,
  type Room,
  TEXT_CHARS,
} from "@fireside/shared";
import {
  changeMessage,
  isYoung,
  kindsOf,
  type MessageChange,
  reach,
  toggleReaction,
} from "@fireside/shared/log/message-changes";
import type { SessionZone } from "@fireside/shared/protocol/rest";
import { Fragment, h, type JSX } from "preact";
import type { Dressing, Item } from "./dressing";
import css from "./extras.css?inline";
import * as words from "./extras-words";
import { formatted, linked } from "./formatted";
import type { Panel } from "./panel";
import { said } from "./words";

const QUICK = ["👍", "❤️", "😂", "🎉", "😮", "🙏"];
/** A finger that has moved so far sideways, in pixels, begins a reply. */
const SWIPE = 56;

/**
 * Whatever can be done to messages, and what not every message has: replies, reactions, edits, Markdown. It is fetched when
 * the conversation is there, for the first view has a budget.
 */
export class Extras implements Dressing {
  /** The messages, by `client_msg_id`, whose actions are shown, that is edited, whose deletion is asked about. */
  #open: string | undefined;
  #editing: string | undefined;
  #removing: string | undefined;
  #failed: string | undefined;
  #pointed: number | undefined;
  #field: HTMLTextAreaElement | undefined;
  #touch = 0;
  /** The conversation that these are of. */
  #room: Room | undefined;
  /** The connection that is listened to. */
  #client: ChatClient | undefined;

  constructor(readonly panel: Panel) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    document.addEventListener("keydown", (event) => this.#escape(event), true);
  }

  /** To write is to open it again, or if that was too long ago, to begin anew by itself. */
  bar(): JSX.Element | null {
    const { room, client } = this.panel.handler;
    if (client !== this.#client) {
      this.#client = client;
      // In another tab, or on another device.
      client?.on("event", ({ type }) => {
        if (type === "conversation_begun") this.panel.withSeveral((several) => several.follow());
      });
    }
    if (room && client && isRefused(client, room)) this.panel.startNew();
    return room && isClosed(room) ? (
      <p class="bar">
        <button onClick={this.panel.startNew}>{words.startNew}</button>
      </p>
    ) : null;
  }

  /** Tells once, and again after a journey, to which time zone this browser is set: agents see how late it is here. */
  #tellZone(): void {
    const { handler, keeper, store } = this.panel;
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const told = `${zone} ${keeper.userId}`;
    const key = keeper.key("zone");
    if (!handler.client || store.get(key) === told) return;
    // Where it does not arrive, the next visit tries again.
    const body = { zone } satisfies SessionZone;
    void handler.client.rest.send("PUT", "/chat/sessions/zone", body).then(
      () => store.set(key, told),
      () => {},
    );
  }

  /** What answers a message stands above the field. */
  above(): JSX.Element | null {
    const { handler, store } = this.panel;
    if (handler.room !== this.#room) {
      // A reply belongs to its conversation, and over a reload to the draft there.
      this.#room = handler.room;
      this.#tellZone();
      handler.replyTo = Number(store.get(this.#key)) || undefined;
    }
    const { replyTo } = handler;
    if (replyTo === undefined) {
      store.remove(this.#key);
      return null;
    }
    store.set(this.#key, `${replyTo}`);
    const [name, text] = this.#answered(replyTo);
    return (
      <div class="reply">
        <div>
          <b dir="auto">{words.replyingTo(name)}</b>
          <span dir="auto">{text}</span>
        </div>
        <button type="button" aria-label={words.takeBack} onClick={() => this.#reply(undefined)}>
          ✕
        </button>
      </div>
    );
  }

  /** A bubble with all that belongs to its message. */
  dress(item: Item, bubble: JSX.Element): JSX.Element {
    const { props } = bubble as unknown as { props: { class: string; children: JSX.Element | string } };
    const source =
      item.kind === "streaming"
        ? item.format && item.text
        : item.kind === "message" && item.content.type === "text" && item.content.markdown;
    const text =
      item.kind === "streaming" ? item.text : item.content.type === "text" ? item.content.text : undefined;
    const replyTo = item.kind !== "streaming" && item.reply_to;
    const isGone = item.kind === "message" && item.content.type === "deleted";
    const message = item.kind === "message" && item.content.type === "text" ? item : undefined;
    if (message && this.#editing === message.client_msg_id) return this.#editor(message);
    return (
      <Fragment>
        <div class="said">
          <div
            class={`${props.class} ${message && this.#pointed === message.seq ? "pointed" : ""}`}
            id={item.kind === "message" ? `m${item.seq}` : undefined}
            onTouchStart={(event) => (this.#touch = event.touches[0]!.clientX)}
            onTouchEnd={(event) => {
              const way = Math.abs(event.changedTouches[0]!.clientX - this.#touch);
              if (message && way > SWIPE) this.#reply(message.seq);
            }}
          >
            {replyTo && !isGone ? this.#quote(replyTo) : null}
            {source ? formatted(source) : text === undefined ? props.children : linked(text)}
          </div>
          {message && this.#acts(message)}
        </div>
        {message?.edited && <span class="under">{words.edited}</span>}
      </Fragment>
    );
  }

  #quote(seq: number): JSX.Element {
    const [name, text] = this.#answered(seq);
    return (
      <button class="quote" aria-label={words.answers(name, text)} onClick={() => void this.#jump(seq)}>
        <b dir="auto">{name}</b>
        <span dir="auto">{text}</span>
      </button>
    );
  }

  #acts(message: Message): JSX.Element {
    const { handler } = this.panel;
    const me = handler.session?.user.id ?? 0;
    const { client_msg_id: key, sender, seq } = message;
    const isMine = sender.id === me;
    const isOpen = this.#open === key;
    const does = (name: string, act: () => void): JSX.Element => <button onClick={act}>{name}</button>;
    const change = (of: MessageChange): void => void this.#change(key, changeMessage(handler.room!, of));
    return (
      <div class="acts" role="group">
        {kindsOf(message).map(({ emoji, names, ids }) => (
          <button
            class="kind"
            aria-pressed={ids.includes(me)}
            title={names.join(", ")}
            aria-label={words.reacted(
              emoji,
              ids.length,
              names.map((name, index) => (ids[index] === me ? words.you : name)).join(", "),
            )}
            onClick={() => void this.#change(key, toggleReaction(handler.room!, message, emoji, me))}
          >
            {emoji} {ids.length}
          </button>
        ))}
        <button
          class="more"
          aria-label={words.actions(isMine ? words.you : sender.name, said(message.content).slice(0, 40))}
          aria-expanded={isOpen}
          onClick={() => this.#set(() => (this.#open = isOpen ? undefined : key))}
        >
          ⋯
        </button>
        {isOpen && (
          <Fragment>
            {QUICK.map((emoji) => (
              <button
                aria-label={words.reactWith(emoji)}
                onClick={() => void this.#change(key, toggleReaction(handler.room!, message, emoji, me))}
              >
                {emoji}
              </button>
            ))}
            {does(words.reply, () => this.#reply(seq))}
            {isMine &&
              isYoung(message, handler.client?.limits, Date.now()) &&
              does(words.edit, () => this.#set(() => (this.#editing = key)))}
            {isMine &&
              (this.#removing === key
                ? does(words.reallyRemove, () =>
                    change({ type: "delete_message", target_seq: seq, lane: "public" }),
                  )
                : does(words.remove, () => this.#set(() => (this.#removing = key))))}
          </Fragment>
        )}
        {this.#failed === key && <span role="alert">{words.failed}</span>}
      </div>
    );
  }

  #editor(message: Message): JSX.Element {
    const { client_msg_id: key, seq, content } = message;
    const save = (): void => {
      const text = this.#field?.value.trim() ?? "";
      if (isBlank(text) || text.length > TEXT_CHARS) return;
      const edit = { type: "edit_message", target_seq: seq, lane: "public" } as const;
      void this.#change(
        key,
        changeMessage(this.panel.handler.room!, { ...edit, content: { type: "text", text } }),
      );
    };
    return (
      <form
        key="edit"
        class="edit"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <textarea
          aria-label={words.editing}
          dir="auto"
          ref={(field: HTMLTextAreaElement | null) => {
            if (!field || field === this.#field) return;
            this.#field = field;
            field.value = said(content);
            field.focus();
          }}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            save();
          }}
        />
        <button type="submit">{words.save}</button>
        <button type="button" onClick={() => this.#set(() => (this.#editing = undefined))}>
          {words.cancel}
        </button>
        {this.#failed === key && <span role="alert">{words.failed}</span>}
      </form>
    );
  }

  /** Whose message that is, and what it reads now: nothing of it after a deletion. */
  #answered(seq: number): [name: string, text: string] {
    const { room, session } = this.panel.handler;
    const message = room && messageAt(room.view.conversation.lanes.public, seq);
    if (!message) return [words.earlier, "…"];
    const { sender, content } = message;
    return [sender.id === session?.user.id ? words.you : sender.name, said(content).slice(0, 200)];
  }

  async #jump(seq: number): Promise<void> {
    const { room } = this.panel.handler;
    if (!room || !(await reach(room, "public", seq).catch(() => false))) return;
    this.#set(() => (this.#pointed = seq));
    // The drawing comes first.
    await Promise.resolve();
    document.getElementById(`m${seq}`)?.scrollIntoView({ block: "center" });
  }

  #reply(seq: number | undefined): void {
    this.panel.handler.replyTo = seq;
    this.#set(() => (this.#open = undefined));
    document.querySelector<HTMLTextAreaElement>(".composer textarea")?.focus();
  }

  async #change(key: string, change: Promise<void>): Promise<void> {
    this.#failed = undefined;
    await change.then(
      () => (this.#open = this.#editing = this.#removing = this.#field = undefined),
      () => (this.#failed = key),
    );
    this.panel.changed();
  }

  /** Takes back what was begun last, before the key closes the whole panel. */
  #escape(event: KeyboardEvent): void {
    const isBusy = this.#editing ?? this.#open ?? this.panel.handler.replyTo;
    if (event.key !== "Escape" || event.isComposing || isBusy === undefined) return;
    event.stopPropagation();
    if (this.#editing || this.#open)
      this.#set(() => (this.#editing = this.#open = this.#removing = this.#field = undefined));
    else this.#reply(undefined);
  }

  #set(change: () => void): void {
    change();
    this.panel.changed();
  }

  get #key(): string {
    const { keeper, handler } = this.panel;
    return `${keeper.key("reply")}.${handler.room?.id}`;
  }
}

/** Whether the conversation has not taken a message, for it is closed. */
export function isRefused({ outbox }: ChatClient, { id }: Room): boolean {
  return outbox.of(id).some(({ error }) => error?.code === "conversation_closed");
}

/** The last change of the conversation's status decides. */
function isClosed({ view: { conversation } }: Room): boolean {
  const last = conversation.lanes.public.items.findLast(
    (item): item is NoticeOf<"status_changed"> => item.kind === "notice" && item.event === "status_changed",
  );
  return last?.data.status === "closed";
}
