import { ChatClient } from "@fireside/shared/chat";
import { systemClock } from "@fireside/shared/line/clock";
import { uuid } from "@fireside/shared/line/ids";
import type { Signal } from "@fireside/shared/line/requests";
import { type Store, tabName } from "@fireside/shared/line/storage";
import { browserWakeups } from "@fireside/shared/line/wakeups";
import { textMessage } from "@fireside/shared/log/new-message";
import type { MessageReceived, Presence, TypingIndicator } from "@fireside/shared/protocol";

export interface AdminClientOptions {
  /** The agent whose messages wait in this browser's outbox. */
  agentId: number;
  /** Gives a good token whenever the one from `connect` has ended or is about to. */
  renewToken(fresh: boolean): Promise<string>;
  /** Fetches what the socket would have told, every five seconds while WebSockets are blocked. */
  poll(): Promise<unknown>;
  store: Store;
}

type Stop = () => void;

/** The chat of an agent, whose marks say more than a room knows of. */
export class AdminChat extends ChatClient {
  /** Turns the mark of a room into all that is to be told. */
  marked: ((signal: Extract<Signal, { type: "mark_read" }>) => readonly Signal[]) | undefined;

  override signal(signal: Signal): void {
    const told = signal.type === "mark_read" ? (this.marked?.(signal) ?? [signal]) : [signal];
    for (const each of told) super.signal(each);
  }
}

/** The admin app's connection to the chat: it heals itself, and what is sent through it arrives once. */
export class AdminWebSocketClient {
  /** The same connection with all that it can do: rooms, the outbox, the state of the connection. */
  readonly chat: AdminChat;
  #token: string | undefined;

  constructor(options: AdminClientOptions) {
    this.chat = new AdminChat({
      surface: "admin",
      origin: location.origin,
      token: (fresh) => this.#takeToken() ?? options.renewToken(fresh),
      version: "1",
      store: options.store,
      scope: `agent.${options.agentId}`,
      tab: tabName(uuid),
      clock: systemClock,
      WebSocket,
      fetch: (input, init) => fetch(input, init),
      wakeups: browserWakeups(systemClock),
      poll: () => options.poll(),
    });
  }

  /** Connects with this access token and stays connected, with renewed ones, until `disconnect`. */
  connect(token: string): void {
    this.#token = token;
    this.chat.start();
  }

  disconnect(): void {
    this.chat.stop();
  }

  /** Shows the message at once and delivers it as soon as can be, over reloads and lost connections. */
  sendMessage(conversationId: string, content: string): void {
    this.chat.join(conversationId).send(textMessage(content));
  }

  onMessageReceived(callback: (message: MessageReceived) => void): Stop {
    return this.chat.on("event", (event) => event.type === "message_received" && callback(event));
  }

  /** Call it at each change of the text; the server hears of it every two seconds at most. */
  sendTypingStart(conversationId: string): void {
    this.chat.join(conversationId).typing.typed();
  }

  sendTypingStop(conversationId: string): void {
    this.chat.rooms.get(conversationId)?.typing.stop();
  }

  onTypingIndicator(callback: (indicator: TypingIndicator) => void): Stop {
    return this.chat.on("event", (event) => event.type === "typing_indicator" && callback(event));
  }

  onPresenceUpdate(callback: (presence: Presence) => void): Stop {
    return this.chat.on("event", (event) => event.type === "presence_update" && callback(event));
  }

  /** The token of `connect` serves once; later ones come from whoever keeps the session. */
  #takeToken(): Promise<string> | undefined {
    const token = this.#token;
    this.#token = undefined;
    return token === undefined ? undefined : Promise.resolve(token);
  }
}
