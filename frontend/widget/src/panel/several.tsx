import {
  asChatError,
  type ChatClient,
  type Conversation,
  type ConversationPage,
  dayHeading,
  type ServerEvent,
  timeOfDay,
  uuid,
} from "@fireside/shared";
import { h, type JSX } from "preact";
import type { Elsewhere } from "./dressing";
import type { Panel } from "./panel";
import css from "./several.css?inline";
import * as words from "./several-words";
import { language, said, you } from "./words";

/** Conversations that are heard live; of those beyond them, which moved last long ago, the list tells when it is read. */
const MOST_HEARD = 30;
/** Pause before the list is read once more, if something moves while it is being read. */
const PAUSE_MS = 1_000;
const POLL_MS = 5_000;
const BADGE = 99;

/**
 * The conversations of a person who has several: their list, what is unread beside the one that is open, and the way into
 * another. It is fetched where there are several, and where one is begun.
 *
 * The list is the server's; what moves in another conversation only says that it has to be read again. So it is right after
 * each connecting, whatever was missed.
 */
export class Several implements Elsewhere {
  /** Whether the list is shown instead of the conversation. */
  isListed: boolean;
  #rows: Conversation[] = [];
  #next: string | null = null;
  #client: ChatClient | undefined;
  /** The last entry that we heard of, by conversation. */
  #heard = new Map<string, number>();
  /** The conversations that this connection follows beside the one that is open. */
  #followed = new Set<string>();
  #isReading = false;
  #isStale = false;
  #isPolling = false;
  #isBeginning = false;
  #error = "";
  /** The conversation whose messages no new one takes. */
  #stuck: string | undefined;
  #isShown = false;

  constructor(readonly panel: Panel) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    this.isListed = panel.store.get(this.#listKey) !== null;
    document.addEventListener("keydown", (event) => this.#escape(event), true);
  }

  /** Messages of others that nobody has read, in all conversations but the one that is open. */
  get unread(): number {
    const { current } = this;
    return this.#rows.reduce((sum, { id, unread }) => sum + (id === current ? 0 : unread), 0);
  }

  get current(): string | undefined {
    return this.panel.handler.room?.id;
  }

  /** Those in which something was said, and the one that is open. */
  get #shown(): Conversation[] {
    return this.#rows.filter(({ id, last_seq }) => last_seq > 0 || id === this.current);
  }

  /** Listens to what moves elsewhere, on the connection of today. */
  follow(): void {
    const { client } = this.panel.handler;
    if (!client || client === this.#client) return;
    this.#client = client;
    this.#rows = [];
    this.#heard.clear();
    this.#followed.clear();
    client.on("open", () => {
      this.#followed.clear();
      void this.#read();
    });
    client.on("replaced", () => this.#heard.clear());
    client.on("event", (event) => this.#happened(event));
    client.on("status", () => void this.#poll());
    void this.#read();
    void this.#poll();
  }

  /** For the header: from the conversation to the list, and back. */
  button(): JSX.Element | null {
    if (this.#shown.length < 2) return null;
    const { isListed, unread } = this;
    return (
      <button
        class="plain all"
        aria-label={isListed ? words.back : words.list(unread)}
        aria-expanded={isListed}
        onClick={() => this.#list(!isListed)}
      >
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
          <path d={isListed ? "M15 6l-6 6 6 6" : "M4 7h16M4 12h16M4 17h10"} />
        </svg>
        {!isListed && unread > 0 && (
          <span class="others" aria-hidden="true">
            {unread > BADGE ? `${BADGE}+` : unread}
          </span>
        )}
      </button>
    );
  }

  /** The list, if it is shown. */
  view(): JSX.Element | undefined {
    const shown = this.#shown;
    if (!this.isListed || shown.length < 2) {
      this.#isShown = false;
      return undefined;
    }
    return (
      <nav class="several" aria-label={words.title} ref={this.#attach}>
        <p class="bar" role="status">
          {this.#error}
        </p>
        <ul>
          {shown.map((row) => (
            <li key={row.id}>{this.#row(row)}</li>
          ))}
        </ul>
        {this.#next && (
          <button class="act" onClick={() => void this.#more()}>
            {words.more}
          </button>
        )}
        <button class="act" onClick={() => void this.begin()}>
          {words.startNew}
        </button>
      </nav>
    );
  }

  /**
   * Begins a conversation and goes there; from a closed one, with what that did not take. The name of a beginning is kept
   * until it was answered, and shared by tabs: asked for again, after a lost answer or by another tab, it is the same one.
   */
  async begin(fromClosed = false): Promise<void> {
    const { handler, keeper, store } = this.panel;
    const { client, room } = handler;
    if (!client || this.#isBeginning || (fromClosed && this.#stuck === room?.id)) return;
    this.#isBeginning = true;
    this.#error = "";
    const key = keeper.key("begin");
    const client_id = store.get(key) ?? uuid();
    store.set(key, client_id);
    try {
      const { conversation_id } = await client.rest.post<{ conversation_id: string }>("/chat/conversations", {
        client_id,
      });
      store.remove(key);
      // Whoever was here may have left meanwhile, or gone elsewhere.
      if (client === handler.client && room === handler.room) {
        const unsaid = fromClosed ? handler.takeUnsaid() : [];
        this.#goTo(conversation_id);
        unsaid.forEach((message) => handler.room?.send(message));
      }
    } catch (thrown) {
      const { code, retryable, retryAfterMs } = asChatError(thrown);
      this.#error = code === "too_many_conversations" ? words.tooMany : words.failed;
      if (retryable && fromClosed)
        // Until then a message that was refused asks in vain.
        await new Promise<void>((done) => client.clock.after(retryAfterMs ?? PAUSE_MS, done));
      else if (fromClosed) this.#stuck = room?.id;
      if (!retryable) this.#list(true);
    }
    this.#isBeginning = false;
    this.follow();
    void this.#read();
    this.panel.look();
  }

  #row(row: Conversation): JSX.Element {
    const { last_message: last, unread, status } = row;
    const me = this.panel.handler.session?.user.id;
    const isCurrent = row.id === this.current;
    return (
      <button
        aria-current={isCurrent ? "true" : undefined}
        class={unread ? "news" : ""}
        onClick={() => this.#goTo(row.id)}
      >
        <b dir="auto">{last ? (last.sender.id === me ? you : last.sender.name) : words.startNew}</b>
        <small>{when(Date.parse(row.updated_at), Date.now())}</small>
        <span dir="auto">{last ? said(last.content) : words.empty}</span>
        {unread > 0 ? (
          <i>
            <span aria-hidden="true">{unread > BADGE ? `${BADGE}+` : unread}</span>
            <span class="hidden">{words.unread(unread)}</span>
          </i>
        ) : (
          status === "closed" && <small>{words.closed}</small>
        )}
      </button>
    );
  }

  /** Opens a conversation, here and wherever this person comes next. */
  #goTo(id: string): void {
    const { handler, keeper, store } = this.panel;
    const { client, session } = handler;
    if (!client || !session) return;
    keeper.conversationId = id;
    store.set(keeper.key("chosen"), id);
    // The next page begins with the session as it was given last: with this conversation, without asking.
    const kept = store.get(keeper.key("session"))?.split(/ (.*)/);
    if (kept?.[0] === session.session_token && kept[1])
      store.set(
        keeper.key("session"),
        `${kept[0]} ${JSON.stringify({ ...JSON.parse(kept[1]), conversation_id: id })}`,
      );
    handler.session = { ...session, conversation_id: id };
    if (id !== this.current) {
      const left = handler.room;
      this.#followed.delete(id);
      handler.enter(client, id);
      const last = left?.view.conversation.lanes.public.last;
      if (left && last != null) this.#heard.set(left.id, last);
      this.#join();
    }
    this.#list(false);
  }

  #list(isListed: boolean): void {
    const { panel } = this;
    this.isListed = isListed;
    if (isListed) {
      panel.store.set(this.#listKey, "1");
      void this.#read();
    } else {
      panel.store.remove(this.#listKey);
      this.#error = "";
    }
    panel.look();
  }

  /** Reads the list; what moves meanwhile has it read once more. */
  async #read(): Promise<void> {
    const client = this.#client;
    if (!client) return;
    this.#isStale = this.#isReading;
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      const page = await this.#page();
      if (client !== this.#client) return;
      if (client.status.transport === "poll") this.#announce(page.items);
      this.#take(page, []);
      this.#join();
    } catch {
      // The next event, or the next connecting, asks again.
    } finally {
      this.#isReading = false;
    }
    if (this.#isStale) client.clock.after(PAUSE_MS, () => void this.#read());
  }

  async #more(): Promise<void> {
    const rows = this.#rows;
    try {
      const page = await this.#page(this.#next);
      if (rows === this.#rows) this.#take(page, rows);
    } catch {
      this.#error = words.failed;
      this.panel.changed();
    }
  }

  #page(before: string | null = null): Promise<ConversationPage> {
    return this.#client!.rest.get(`/chat/conversations?limit=50${before ? `&before=${before}` : ""}`);
  }

  #take({ items, next }: ConversationPage, above: Conversation[]): void {
    const known = new Set(above.map(({ id }) => id));
    this.#rows = [...above, ...items.filter(({ id }) => !known.has(id))];
    this.#next = next;
    this.panel.look();
  }

  /** Follows what is not open, from where the list stood or from what was heard last. */
  #join(): void {
    const client = this.#client;
    if (!client?.isConnected()) return;
    for (const { id, last_seq } of this.#rows.slice(0, MOST_HEARD)) {
      if (id === this.current) this.#followed.delete(id);
      if (id === this.current || this.#followed.has(id)) continue;
      this.#followed.add(id);
      const since = this.#heard.get(id) ?? last_seq;
      this.#heard.set(id, since);
      client
        .request({ type: "join_conversation", conversation_id: id, since })
        .then(({ status, head }) => status === "reset" && this.#heard.set(id, head))
        .catch(() => this.#followed.delete(id));
    }
  }

  #happened(event: ServerEvent): void {
    if (event.type === "conversation_begun") return void this.#read();
    if (!("conversation_id" in event)) return;
    // Null in something that agents alone are told.
    const id = event.conversation_id as string;
    const isHere = id === this.current;
    const me = this.panel.handler.session?.user.id;
    if (event.type === "receipt_updated" && event.user_id === me) return this.#moved(isHere);
    if (!("seq" in event) || event.type === "ack") return;
    const { seq } = event;
    if (!isHere && seq > (this.#heard.get(id) ?? 0)) {
      this.#heard.set(id, seq);
      if (event.type === "message_received" && event.sender.id !== me) {
        this.#client?.signal({ type: "mark_delivered", conversation_id: id, seq });
        this.panel.received(event, true);
      }
    }
    this.#moved(isHere);
  }

  /** What moves in the conversation that is open is only of interest while the list is. */
  #moved(isHere: boolean): void {
    if (!isHere || this.isListed) void this.#read();
  }

  /** Where WebSockets are blocked, what came elsewhere is known by the list alone. */
  async #poll(): Promise<void> {
    const client = this.#client;
    if (!client || this.#isPolling || client.status.transport !== "poll") return;
    this.#isPolling = true;
    await this.#read();
    client.clock.after(POLL_MS, () => {
      this.#isPolling = false;
      void this.#poll();
    });
  }

  #announce(rows: readonly Conversation[]): void {
    const me = this.panel.handler.session?.user.id;
    for (const { id, last_seq, last_message: last } of rows) {
      const heard = this.#heard.get(id);
      this.#heard.set(id, Math.max(heard ?? 0, last_seq));
      if (heard === undefined || id === this.current || !last || last.seq <= heard || last.sender.id === me)
        continue;
      this.panel.received({ ...last, message_id: `${id} ${last.seq}` }, true);
    }
  }

  #attach = (list: HTMLElement | null): void => {
    if (!list || this.#isShown) return;
    this.#isShown = true;
    // Whoever comes by keyboard is led into the list; nobody's focus is taken from the page around us.
    if (document.hasFocus()) list.querySelector<HTMLElement>("[aria-current]")?.focus();
  };

  /** Leads back to the conversation, before the key closes the whole panel. */
  #escape(event: KeyboardEvent): void {
    if (event.key !== "Escape" || !this.#isShown) return;
    event.stopPropagation();
    this.#list(false);
  }

  get #listKey(): string {
    return this.panel.keeper.key("list");
  }
}

/** The time of today, else the day. */
function when(at: number, now: number): string {
  return new Date(at).toDateString() === new Date(now).toDateString()
    ? timeOfDay(at)
    : dayHeading(at, now, language);
}
