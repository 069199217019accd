import type { ChatClient } from "@fireside/shared/chat";
import { systemClock } from "@fireside/shared/line/clock";
import type { Store } from "@fireside/shared/line/storage";
import type { Notification } from "@fireside/shared/protocol";
import { isWatched } from "../../ui/browser";
import { conversationAt } from "../conversations/address";
import type { ConversationStore } from "../inbox/conversation-store";
import { bannerPermission, Banners } from "./banner";
import { isOver } from "./over";
import { Ringer } from "./ringer";
import type { Sound } from "./sound";
import { NotificationStore } from "./store";
import { type TabMessage, Tabs } from "./tabs";

const USED_AT_KEY = "fireside.used-at";
/** Milliseconds between two notes of when this browser was used, for its other tabs. */
const USED_MS = 5_000;

interface World {
  chat: ChatClient;
  conversations: ConversationStore;
  sound: Sound;
  store: Store;
  agentId: number;
  open(conversationId: string): void;
}

/** An agent's notifications in this tab: the list, and, in the tab that leads, what is heard and shown of them. */
export class Notifications {
  readonly store: NotificationStore;
  readonly #ringer: Ringer;
  readonly #banners: Banners;
  #tabs: Tabs | undefined;
  #stops: (() => void)[] = [];

  constructor(readonly world: World) {
    this.store = new NotificationStore(world.chat.rest, (notification) => this.#arrived(notification));
    this.#banners = new Banners(world.open);
    this.#ringer = new Ringer({
      clock: systemClock,
      ring: (notification) => this.#ring(notification),
      silence: (conversationId) => this.#banners.hide(conversationId),
      mayRing: (notification) => this.#mayRing(notification),
      isOver: (notification) => this.isOver(notification),
      idleMs: () => Math.max(0, Date.now() - Number(world.store.get(USED_AT_KEY) ?? 0)),
    });
  }

  start(): void {
    const { chat, conversations, agentId } = this.world;
    this.#tabs = new Tabs(
      agentId,
      (message) => this.#hear(message),
      // Whatever the tab before was about to do.
      () => this.store.getState().items.forEach((each) => this.#ringer.offer(each)),
    );
    const used = () => this.#used();
    const looked = () => this.look();
    addEventListener("pointerdown", used, true);
    addEventListener("keydown", used, true);
    addEventListener("focus", looked);
    document.addEventListener("visibilitychange", looked);
    this.#stops = [
      chat.on("event", (event) => this.store.hear(event)),
      chat.on("open", () => void this.store.load()),
      conversations.subscribe(() => {
        this.#ringer.check();
        // Where sockets are blocked nobody tells; what changes the list is what may be worth telling.
        if (chat.status.transport === "poll") void this.store.load();
      }),
      this.store.subscribe(() => this.#ringer.check()),
      () => {
        removeEventListener("pointerdown", used, true);
        removeEventListener("keydown", used, true);
        removeEventListener("focus", looked);
        document.removeEventListener("visibilitychange", looked);
      },
    ];
    if (chat.isConnected()) void this.store.load();
  }

  stop(): void {
    for (const stop of this.#stops) stop();
    this.#ringer.stop();
    this.#banners.hideAll();
    this.#tabs?.stop();
  }

  /** Whoever looks at a conversation has seen what was told of it: call it when what is on the screen changes. */
  look(): void {
    const conversationId = isWatched() ? conversationAt(location) : undefined;
    if (conversationId !== undefined) this.see(conversationId);
  }

  /** The agent has seen those of a conversation, or all. */
  see(conversationId: string | null): void {
    const through = this.store.see(conversationId);
    // The other tabs hear of it without the way to the server and back.
    if (through !== undefined) this.#tabs?.tell({ type: "seen", conversation_id: conversationId, through });
  }

  isOver(notification: Notification): boolean {
    const known = this.store.find(notification.id) ?? notification;
    return isOver(known, this.world.conversations.get(known.conversation_id), this.world.agentId);
  }

  /** How many of those that one was told of still want something of somebody. */
  count(): number {
    return this.store.getState().items.filter((each) => each.verdict === "told" && !this.isOver(each)).length;
  }

  #arrived(notification: Notification): void {
    this.look();
    if (this.#tabs?.leads) this.#ringer.offer(notification);
  }

  /** A browser that would make no noise leaves it to another. */
  async #mayRing(notification: Notification): Promise<boolean> {
    if (this.isOver(notification)) return false;
    if (!this.world.sound.isOn && bannerPermission() !== "granted") return false;
    return this.store.mayRing(notification);
  }

  #ring(notification: Notification): void {
    const { sound } = this.world;
    if (sound.canPlay) sound.play();
    // Nobody has clicked in this tab, so it may make no sound: one of the others does.
    else this.#tabs?.tell({ type: "sound", occasion: `${notification.id} ${Date.now()}` });
    this.#banners.show(notification);
  }

  #hear(message: TabMessage): void {
    const { sound } = this.world;
    if (message.type === "seen") this.store.mark(message.conversation_id, message.through);
    else if (sound.canPlay) void this.#tabs?.once(message.occasion, () => sound.play());
  }

  #used(): void {
    const { store } = this.world;
    const now = Date.now();
    if (now - Number(store.get(USED_AT_KEY) ?? 0) >= USED_MS) store.set(USED_AT_KEY, String(now));
  }
}
