import type { ChatClient } from "@fireside/shared/chat";
import { backoff } from "@fireside/shared/line/backoff";
import { systemClock } from "@fireside/shared/line/clock";
import { asChatError } from "@fireside/shared/line/errors";
import type { ServerEvent } from "@fireside/shared/protocol";
import type { DeskApi } from "../api";
import { CatchUp } from "./catch-up";
import type { ConversationStore } from "./conversation-store";
import type { TypingStore } from "./typing-store";

/** Keeps the list of conversations as it is on the server, over lost connections. */
export class InboxFollower {
  readonly #catchingUp: CatchUp;
  /** Counts connections: what the one before was about to repeat is no longer wanted. */
  #turn = 0;
  /** How far the server has told us of the list. */
  #cursor: string | undefined;
  /** Whether what was there before is known too; until then a cursor says nothing of us. */
  #isRead = false;

  constructor(
    readonly chat: ChatClient,
    api: DeskApi,
    readonly conversations: ConversationStore,
    readonly typing: TypingStore,
    /** Told when the list is read anew: states beside it may have changed too, and nobody told. */
    readonly onDoubt: () => void = () => {},
  ) {
    this.#catchingUp = new CatchUp(api, conversations);
  }

  /** Follows from the next connection on; returns how to stop. */
  start(): () => void {
    const stops = [
      this.chat.on("replaced", () => {
        this.#isRead = false;
        this.conversations.clear();
      }),
      this.chat.on("open", () => void this.#follow(++this.#turn)),
      this.chat.on("event", (event) => this.#hear(event)),
    ];
    return () => {
      this.#turn++;
      for (const stop of stops) stop();
    };
  }

  /** Fetches what changed while nobody told us. */
  async catchUp(): Promise<void> {
    this.onDoubt();
    await this.#catchingUp.run();
  }

  #hear(event: ServerEvent): void {
    if (event.type === "typing_indicator") this.typing.offer(event);
    if (event.type === "inbox_cursor") this.#cursor = event.cursor;
    if (event.type === "conversation_updated") this.conversations.upsert([event.conversation]);
  }

  /**
   * Whoever was told up to a cursor gets what has changed since from the server. Without one the list is read: first the
   * news, then what was before, so nothing falls between, and the larger version wins. It is tried until it succeeds, for the
   * connection may hold while the REST API has a bad minute, and nothing else would bring what was missed.
   */
  async #follow(turn: number, attempt = 0): Promise<void> {
    try {
      const since = (this.#isRead && this.#cursor) || null;
      const { status, cursor } = await this.chat.request({ type: "follow_inbox", since });
      if (since !== null && status === "ok") return;
      this.#isRead = false;
      this.#cursor = cursor;
      this.onDoubt();
      // After a reset some rows may be there for us no longer, and nobody tells which.
      await this.#catchingUp.run({ isReset: status === "reset" });
      this.#isRead ||= turn === this.#turn;
    } catch (error) {
      const { code, retryAfterMs = 0 } = asChatError(error);
      // Gone again: its return brings us back here.
      if (code === "disconnected") return;
      systemClock.after(Math.max(retryAfterMs, backoff(attempt, systemClock)), () => {
        if (turn === this.#turn) void this.#follow(turn, attempt + 1);
      });
    }
  }
}
