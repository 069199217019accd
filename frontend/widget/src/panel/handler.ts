import { ChatClient, type ChatStatus, type Message, type Room } from "@fireside/shared";
import { environment } from "./environment";
import { type Session, SessionKeeper } from "./session";

type Cancel = () => void;

/**
 * The widget's connection: one session, one conversation. Everything survives lost connections and reloads;
 * what is sent is shown at once and stored exactly once.
 */
export class WidgetWebSocketHandler {
  client: ChatClient | undefined;
  room: Room | undefined;
  session: Session | undefined;
  #messages = new Set<(message: Message) => void>();
  #typing = new Set<(agentName: string | null) => void>();
  #status = new Set<(status: ChatStatus) => void>();
  #rooms = new Set<() => void>();
  #seen = Number.MAX_SAFE_INTEGER;
  #typist: string | null = null;

  constructor(readonly keeper: SessionKeeper) {}

  /** Opens the given session, the stored one or a new one, and connects. Throws a `ChatError` when it is refused. */
  async connect(sessionId?: string): Promise<void> {
    if (sessionId !== undefined) this.keeper.token = sessionId;
    const session = await this.keeper.open();
    const isOther = session.session_token !== this.session?.session_token;
    this.session = session;
    if (isOther || !this.client) {
      this.client?.stop();
      this.client = this.#makeClient(session);
      this.client.start();
    }
    if (this.room?.id !== session.conversation_id || isOther) this.#enter(session.conversation_id);
  }

  disconnect(): void {
    this.client?.stop();
    this.client = this.room = this.session = undefined;
  }

  /** Shows the message at once and sends it as soon as can be; throws `outbox_full`. */
  sendMessage(message: string): void {
    this.room?.send(message);
  }

  /** Each message of somebody else, once, as it comes. */
  onMessageReceived(callback: (message: Message) => void): Cancel {
    return listen(this.#messages, callback);
  }

  sendTyping(isTyping: boolean): void {
    if (isTyping) this.room?.typing.typed();
    else this.room?.typing.stop();
  }

  /** The name of the agent who writes; null when nobody does any more. */
  onAgentTyping(callback: (agentName: string | null) => void): Cancel {
    return listen(this.#typing, callback);
  }

  onStatus(callback: (status: ChatStatus) => void): Cancel {
    return listen(this.#status, callback);
  }

  /** The conversation is another one now. */
  onRoom(callback: () => void): Cancel {
    return listen(this.#rooms, callback);
  }

  #makeClient({ session_token, user }: Session): ChatClient {
    const client = new ChatClient({
      ...environment,
      surface: "widget",
      token: async () => session_token,
      scope: `${this.keeper.inboxKey}.${user.id}`,
      store: this.keeper.store,
    });
    client.on("status", (status) => {
      for (const callback of this.#status) callback(status);
    });
    return client;
  }

  #enter(conversationId: string): void {
    if (!this.client) return;
    const left = this.room;
    this.#seen = Number.MAX_SAFE_INTEGER;
    const room = this.client.join(conversationId);
    this.room = room;
    if (left) this.client.leave(left.id);
    room.subscribe(() => this.#changed(room));
    for (const callback of this.#rooms) callback();
  }

  #changed(room: Room): void {
    const { conversation, phase } = room.view;
    const { items, last } = conversation.lanes.public;
    const agent = conversation.typing.find(({ role }) => role !== "customer")?.user_name ?? null;
    if (agent !== this.#typist) {
      this.#typist = agent;
      for (const callback of this.#typing) callback(agent);
    }
    if (last === null || phase !== "ready") return;
    const before = this.#seen;
    this.#seen = last;
    // What the first page brings is history, not news.
    for (const item of items.filter(({ seq }) => seq > before)) {
      if (item.kind !== "message" || item.sender.id === this.session?.user.id) continue;
      for (const callback of this.#messages) callback(item);
    }
  }
}

function listen<T>(listeners: Set<T>, listener: T): Cancel {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
