import {
  ChatClient,
  ChatError,
  type ChatStatus,
  Emitter,
  type Message,
  type NewMessage,
  type Room,
  type SessionOpened,
  textMessage,
} from "@fireside/shared";
import { environment } from "./environment";
import { SessionKeeper } from "./session";

type Cancel = () => void;

interface HandlerEvents {
  message: Message;
  typing: string | null;
  status: ChatStatus;
  change: undefined;
}

/**
 * The widget's connection: one session, one conversation. Everything survives lost connections and reloads;
 * what is sent is shown at once and stored exactly once.
 */
export class WidgetWebSocketHandler {
  client: ChatClient | undefined;
  room: Room | undefined;
  session: SessionOpened | undefined;
  /** The message that the next one answers. */
  replyTo: number | undefined;
  #events = new Emitter<HandlerEvents>();
  #seen = Number.MAX_SAFE_INTEGER;
  #typist: string | null = null;
  #given = "";
  /** By which the page vouched when the session was opened. */
  #identity: string | null | undefined;
  #renewing: Promise<void> | undefined;
  /** A server that knows nobody whom it has just let in is not given one visitor after the other. */
  #mayReplace = true;

  constructor(
    readonly keeper: SessionKeeper,
    /** Somebody else is here now. */
    readonly left: () => void,
  ) {}

  /**
   * Opens the given session, the stored one or a new one, and connects; the stored one at once, and the next call asks
   * the server about it. Throws a `ChatError` when it is refused.
   * Another person needs another page: then it tells so and changes nothing. Messages that wait go along into another
   * conversation: of a closed one, or of a visitor whom the server had cleared away.
   */
  async connect(sessionId?: string): Promise<void> {
    const { keeper } = this;
    if (sessionId !== undefined) keeper.store.set(keeper.key("session"), sessionId);
    const before = this.session;
    // By the same token and the same word of the page it is the same person, whoever the server takes them for now.
    const isSame = keeper.token === before?.session_token && keeper.identity === this.#identity;
    const session = await keeper.open(!before);
    const isAnother = before && before.user.id !== session.user.id;
    if (isAnother && !isSame) return this.left();
    if (isAnother && !this.#mayReplace) throw new ChatError("auth_failed", "The session is over.", false);
    const unsaid = this.room?.id === session.conversation_id ? [] : this.takeUnsaid();
    if (isAnother) {
      this.disconnect();
      this.#mayReplace = false;
    }
    this.session = session;
    this.#identity = keeper.identity;
    this.client ??= this.#makeClient(session);
    this.client.start();
    if (this.room?.id !== session.conversation_id) this.enter(this.client, session.conversation_id);
    unsaid.forEach((said) => this.room?.send(said));
  }

  disconnect(): void {
    this.client?.stop();
    this.client = this.room = this.session = undefined;
  }

  /** Shows the message at once and sends it as soon as can be; throws `outbox_full`. */
  sendMessage(message: string): void {
    this.room?.send({ ...textMessage(message), reply_to: this.replyTo });
    this.replyTo = undefined;
  }

  /** Each message of somebody else, once, as it comes. */
  onMessageReceived(callback: (message: Message) => void): Cancel {
    return this.#events.on("message", callback);
  }

  sendTyping(isTyping: boolean): void {
    if (isTyping) this.room?.typing.typed();
    else this.room?.typing.stop();
  }

  /** The name of the agent who writes; null when nobody does any more. */
  onAgentTyping(callback: (agentName: string | null) => void): Cancel {
    return this.#events.on("typing", callback);
  }

  onStatus(callback: (status: ChatStatus) => void): Cancel {
    return this.#events.on("status", callback);
  }

  /** Anything that can be seen of the conversation or of who is there. */
  onChange(callback: () => void): Cancel {
    return this.#events.on("change", callback);
  }

  /** The token of the session, which may have been replaced; a refused one is asked about, once by all who need it. */
  async #giveToken(fresh: boolean): Promise<string> {
    if (fresh && this.#given === this.session?.session_token)
      await (this.#renewing ??= this.connect().finally(() => (this.#renewing = undefined)));
    return (this.#given = this.session?.session_token ?? "");
  }

  /** The messages that the conversation has not taken, out of its outbox. */
  takeUnsaid(): NewMessage[] {
    const { client, room } = this;
    if (!client || !room) return [];
    const items = client.outbox.of(room.id);
    for (const { client_msg_id } of items) client.outbox.remove(client_msg_id);
    return items.filter(({ state }) => state !== "sent").map(({ message }) => message);
  }

  #makeClient({ user }: SessionOpened): ChatClient {
    const client = new ChatClient({
      ...environment,
      surface: "widget",
      token: (fresh) => this.#giveToken(fresh),
      scope: `${this.keeper.inboxKey}.${user.id}`,
      store: this.keeper.store,
    });
    client.on("status", (status) => {
      this.#mayReplace ||= status.state === "connected";
      this.#events.emit("status", status);
    });
    client.on("presence", () => this.#events.emit("change", undefined));
    return client;
  }

  /** Follows this conversation from now on, and the one of before no longer. */
  enter(client: ChatClient, conversationId: string): void {
    if (this.room) client.leave(this.room.id);
    this.#seen = Number.MAX_SAFE_INTEGER;
    const room = (this.room = client.join(conversationId));
    room.subscribe(() => room === this.room && this.#changed(room));
    this.#changed(room);
  }

  #changed({ view: { conversation, phase } }: Room): void {
    const { items, last } = conversation.lanes.public;
    const agent = conversation.typing.find(({ role }) => role !== "customer")?.user_name ?? null;
    if (agent !== this.#typist) this.#events.emit("typing", (this.#typist = agent));
    if (last !== null && phase === "ready") {
      // The first page brings history, not news.
      const news = items.filter(({ seq }) => seq > this.#seen);
      this.#seen = last;
      for (const item of news) {
        if (item.kind === "message" && item.sender.id !== this.session?.user.id)
          this.#events.emit("message", item);
      }
    }
    this.#events.emit("change", undefined);
  }
}
