import type { ChatClient } from "@fireside/shared/chat";
import { asChatError } from "@fireside/shared/line/errors";
import type { Store } from "@fireside/shared/line/storage";
import { provided } from "../ui/provided";
import { DeskApi } from "./api";
import { BulkStore } from "./bulk/bulk-store";
import { Selection } from "./bulk/selection";
import { CannedReplies } from "./canned/store";
import { Choosing } from "./choosing/choosing";
import { ConversationStore } from "./inbox/conversation-store";
import { InboxFollower } from "./inbox/follower";
import { TypingStore } from "./inbox/typing-store";
import { LabelStore } from "./labels/label-store";
import { Sound } from "./notifications/sound";
import { UndoStack } from "./undo/stack";
import { ViewersStore } from "./viewers/viewers-store";
import { words as undoWords } from "./undo/words";
import { ViewStore } from "./views/view-store";

/** All conversations as one agent sees them, live from `start` to `stop`. */
export class Desk {
  readonly conversations = new ConversationStore();
  readonly typing = new TypingStore();
  readonly labels = new LabelStore();
  readonly choosing = new Choosing();
  readonly selection = new Selection();
  readonly bulk: BulkStore;
  readonly viewers = new ViewersStore();
  readonly api: DeskApi;
  readonly sound: Sound;
  readonly canned: CannedReplies;
  readonly undo = new UndoStack((error) => {
    const { retryable } = asChatError(error);
    return { why: retryable ? undoWords.unreachable : undoWords.gone, again: retryable };
  });
  readonly views: ViewStore;
  readonly #follower: InboxFollower;
  #stops: (() => void)[] = [];

  constructor(
    readonly chat: ChatClient,
    store: Store,
    /** Something may have changed that nobody told. */
    onDoubt: () => void = () => {},
  ) {
    this.api = new DeskApi(chat.rest);
    this.sound = new Sound(store);
    this.views = new ViewStore(chat);
    this.bulk = new BulkStore(chat, this.undo);
    this.canned = new CannedReplies(chat.rest);
    this.#follower = new InboxFollower(chat, this.api, this.conversations, this.typing, onDoubt);
  }

  start(): void {
    this.#stops = [
      this.chat.on("event", (event) => this.labels.hear(event)),
      this.chat.on("replaced", () => this.labels.clear()),
      this.#follower.start(),
      this.views.start(),
      this.bulk.start(),
      this.sound.listenForGesture(),
      this.chat.on("event", (event) => event.type === "viewer_changed" && this.viewers.offer(event)),
      this.chat.on("open", () => void this.canned.load()),
      this.chat.on("event", ({ type }) => type === "canned_replies_changed" && void this.canned.load()),
    ];
  }

  stop(): void {
    for (const stop of this.#stops) stop();
  }

  catchUp(): Promise<void> {
    return this.#follower.catchUp();
  }
}

export const [DeskProvider, useDesk] = provided<Desk>("the desk");
