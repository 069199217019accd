import { backoff } from "@fireside/shared/line/backoff";
import { systemClock } from "@fireside/shared/line/clock";
import { asChatError } from "@fireside/shared/line/errors";
import type { Room } from "@fireside/shared/log/room";
import { browserStore } from "@fireside/shared/line/storage";
import { ChatApi } from "./chat-api";
import type { Agent, Session } from "../people/sign-in/session";
import { AdminWebSocketClient } from "./client";
import { Drafts } from "../talk/composer/drafts";
import { CatchUp } from "../desk/inbox/catch-up";
import { type Arrival, ConversationStore } from "../desk/inbox/conversation-store";
import { isWatched } from "../ui/browser";
import { Sound } from "../desk/notifications/sound";
import { TypingStore } from "../desk/inbox/typing-store";

/** Rooms that stay joined after one looks elsewhere, so that going back shows them at once. */
const MOST_ROOMS = 5;

/** All that is live for one signed-in agent; made at sign-in, closed at sign-out. */
export class Live {
  readonly conversations = new ConversationStore();
  readonly typing = new TypingStore();
  readonly sound: Sound;
  readonly drafts: Drafts;
  readonly client: AdminWebSocketClient;
  readonly api: ChatApi;
  /** The conversation on the screen: its messages need no sound while someone watches. */
  currentId: string | undefined;
  readonly #catchingUp: CatchUp;
  /** Counts connections: what the one before was about to repeat is no longer wanted. */
  #turn = 0;
  #recent: string[] = [];
  #stops: (() => void)[] = [];

  constructor(
    readonly session: Session,
    readonly agent: Agent,
  ) {
    const store = browserStore();
    this.sound = new Sound(store);
    this.drafts = new Drafts(store, agent.id);
    this.client = new AdminWebSocketClient({
      agentId: agent.id,
      renewToken: session.token,
      poll: () => this.#catchUp(),
      store,
    });
    this.api = new ChatApi(this.client.chat.rest);
    this.#catchingUp = new CatchUp(this.api, this.conversations);
  }

  get chat(): AdminWebSocketClient["chat"] {
    return this.client.chat;
  }

  start(): void {
    this.#stops = [
      this.chat.on("replaced", () => this.conversations.clear()),
      this.chat.on("open", () => void this.#follow(++this.#turn)),
      this.client.onTypingIndicator((indicator) => this.typing.offer(indicator)),
      this.chat.on("event", (event) => {
        if (event.type === "conversation_updated")
          this.#arrived(this.conversations.upsert([event.conversation]));
      }),
      this.sound.listenForGesture(),
    ];
    this.client.connect(this.session.accessToken);
  }

  stop(): void {
    this.#turn++;
    for (const stop of this.#stops) stop();
    this.client.disconnect();
  }

  /** Joins a conversation, and leaves the one that nobody has looked at for the longest. */
  room(id: string): Room {
    this.#recent = [...this.#recent.filter((other) => other !== id), id];
    while (this.#recent.length > MOST_ROOMS) this.chat.leave(this.#recent.shift() ?? "");
    return this.chat.join(id);
  }

  /**
   * First the news, then what was before: so nothing falls between, and the larger version wins. It is tried until it
   * succeeds, for the connection may hold while the REST API has a bad minute, and nothing else would bring what was missed.
   */
  async #follow(turn: number, attempt = 0): Promise<void> {
    try {
      await this.chat.request({ type: "follow_inbox" });
      await this.#catchUp();
    } catch (error) {
      const { code, retryAfterMs = 0 } = asChatError(error);
      // Gone again: its return brings us back here.
      if (code === "disconnected") return;
      systemClock.after(Math.max(retryAfterMs, backoff(attempt, systemClock)), () => {
        if (turn === this.#turn) void this.#follow(turn, attempt + 1);
      });
    }
  }

  async #catchUp(): Promise<void> {
    this.#arrived(await this.#catchingUp.run());
  }

  #arrived(arrivals: readonly Arrival[]): void {
    for (const { conversation, previous } of arrivals) {
      const { id, last_message } = conversation;
      if (last_message?.sender.role !== "customer") continue;
      if (last_message.seq <= (previous?.last_message?.seq ?? 0)) continue;
      if (id === this.currentId && isWatched()) continue;
      void this.sound.play(`${id} ${last_message.seq}`);
    }
  }
}
