import {
  asChatError,
  type ChatError,
  type ChatStatus,
  type Message,
  type Room,
  type Store,
} from "@fireside/shared";
import type { ToLoader, ToPanel } from "../loader/messages";
import { tinted } from "./colour";
import { WidgetWebSocketHandler } from "./handler";
import type { Dressing, Elsewhere } from "./dressing";
import { Host } from "./host";
import type { SessionKeeper } from "./session";
import type { Chime } from "./sound";
import { said } from "./words";

const RETRY_MS = 3_000;
/** An interruption shorter than this is not worth a word. */
const LATE_MS = 2_000;
const OUT = { close: true, session: false, unread: 0, out: true } as const;
/** Announcements that stay, for a screen reader that comes a little late. */
const KEPT_NEWS = 3;

/** A message, as far as it is told of. */
export type Said = Pick<Message, "message_id" | "sender" | "content">;

/** The panel apart from its looks: opens the session when wanted, counts what is unread, tells the host. */
export class Panel {
  readonly handler: WidgetWebSocketHandler;
  isOpen = false;
  isMuted: boolean;
  status: ChatStatus = { state: "disconnected" };
  /** Not connected, and for long enough to say so. */
  isLate = false;
  /** Why the session could not be opened. */
  error: ChatError | undefined;
  /** The last `seq` read when the person came back: the "new" line stands after it. */
  readLine: number | undefined;
  /** Fetched once there is a conversation. */
  extras: Dressing | undefined;
  /** The list of conversations; fetched where there are several. */
  several: Elsewhere | undefined;
  /** The latest messages of others, for the live region. */
  news: Said[] = [];
  #host: Host;
  #chime: Chime | undefined;
  #fetching: Promise<Elsewhere> | undefined;
  #isConnecting = false;
  #isAskedAgain = false;
  /** The page goes: whatever is asked from now on is for the next, which the loader tells all of it. */
  #isLeaving = false;
  #lateTimer: ReturnType<typeof setTimeout> | undefined;
  /** Which conversation the next three are of. */
  #room: Room | undefined;
  #readSeq: number | undefined;
  #wasSeen = false;
  #unread = 0;

  constructor(
    readonly keeper: SessionKeeper,
    readonly store: Store,
    /** Draws what is above anew. */
    readonly changed: () => void,
    readonly fetchSeveral: (panel: Panel) => Promise<Elsewhere>,
  ) {
    this.isMuted = store.get("fireside.muted") !== null;
    this.handler = new WidgetWebSocketHandler(keeper, () => this.#begin({ unread: 0 }));
    this.handler.onStatus((status) => this.#statusChanged(status));
    this.handler.onMessageReceived((message) => this.received(message));
    this.handler.onChange(() => this.look());
    this.#host = new Host((message) => this.#hear(message));
    // Browsers allow sound only after the person has touched the page; until then there is no need to fetch it.
    const allowSound = (): void => {
      import("./sound").then(
        (sound) => (this.#chime ??= new sound.Chime()),
        () => {},
      );
    };
    addEventListener("pointerdown", allowSound, { once: true });
    addEventListener("keydown", allowSound, { once: true });
    document.addEventListener("visibilitychange", () => this.look());
    addEventListener("storage", ({ key, newValue }) => {
      // Another tab has signed them out.
      if (!newValue && key === keeper.key("person")) this.#begin(OUT);
    });
  }

  /** Opens the session and connects; tries again by itself where that may help. */
  async connect(): Promise<void> {
    this.#isAskedAgain = this.#isConnecting;
    if (this.#isConnecting || this.#isLeaving) return;
    this.#isConnecting = true;
    this.#waitBeforeSaying();
    try {
      await this.handler.connect();
      this.error = undefined;
      this.#host.tell({ session: true });
      this.#paint();
    } catch (thrown) {
      this.error = asChatError(thrown);
      if (this.error.retryable) setTimeout(() => void this.connect(), this.error.retryAfterMs ?? RETRY_MS);
      // For whoever builds the site: why its word on who this is was refused, say.
      else console.warn(this.error);
      if (this.error.code === "not_found") this.#host.tell({ session: false });
    }
    this.#isConnecting = false;
    // Meanwhile the host page may have said who this is.
    if (this.#isAskedAgain) void this.connect();
    this.changed();
  }

  /** Leaves a closed conversation for a new one, with what it did not take. */
  startNew = (): void => this.withSeveral((several) => void several.begin(true));

  close(): void {
    this.#host.tell({ close: true });
  }

  setMuted(isMuted: boolean): void {
    this.isMuted = isMuted;
    if (isMuted) this.store.set("fireside.muted", "1");
    else this.store.remove("fireside.muted");
    this.changed();
  }

  #hear({ theme, identity, logout, open }: ToPanel): void {
    const { keeper, handler } = this;
    if (this.#isLeaving) return;
    if (theme) document.documentElement.dataset["theme"] = theme;
    if (logout) return void this.#logOut();
    const isNew = identity !== keeper.identity;
    keeper.identity = identity;
    // The person of before goes with their identity.
    if (isNew && !identity) keeper.userId = undefined;
    if (handler.session ? isNew : keeper.token || open) void this.connect();
    if (open !== this.isOpen) {
      this.isOpen = open;
      this.look();
    }
  }

  /** Ends the session, here and on the server, and begins as nobody. */
  async #logOut(): Promise<void> {
    this.#leave();
    await this.keeper.end();
    this.#begin(OUT);
  }

  /** Begins anew, with nothing of whoever was here. */
  #begin(news: ToLoader): void {
    this.#leave();
    this.#host.tell(news);
    location.reload();
  }

  #leave(): void {
    this.#isLeaving = true;
    this.handler.disconnect();
  }

  #statusChanged(status: ChatStatus): void {
    const wasConnected = this.status.state === "connected";
    this.status = status;
    if (wasConnected || status.state === "connected") this.#waitBeforeSaying();
    if (this.keeper.old && status.state === "connected") void this.connect();
    this.changed();
  }

  #waitBeforeSaying(): void {
    clearTimeout(this.#lateTimer);
    this.isLate = false;
    this.#lateTimer = setTimeout(() => {
      this.isLate = this.status.state !== "connected";
      this.changed();
    }, LATE_MS);
  }

  /** Uses the list of conversations, once it is fetched. */
  withSeveral(use: (several: Elsewhere) => void): void {
    (this.#fetching ??= this.fetchSeveral(this)).then(
      (several) => use((this.several = several)),
      () => (this.#fetching = undefined),
    );
  }

  /** Tells of a message of somebody else, of whichever conversation. */
  received(message: Said, isElsewhere?: boolean): void {
    const { content, sender } = message;
    if (content.type === "deleted") return;
    this.news = [...this.news, message].slice(-KEPT_NEWS);
    this.#host.tell({ message: { text: said(content), from: sender.name } });
    if (!this.isMuted && (isElsewhere || !this.#isSeen())) this.#chime?.play();
  }

  /** Marks what a person sees as read, and counts what nobody saw. */
  look(): void {
    const { room, session } = this.handler;
    if (room !== this.#room) {
      this.#room = room;
      this.#readSeq = this.readLine = undefined;
    }
    if (room?.view.phase === "ready" && session) {
      const { marks, lanes } = room.view.conversation;
      const { items, last } = lanes.public;
      const me = session.user.id;
      if (room.view.isJoined || this.status.transport === "poll") {
        this.#readSeq = Math.max(this.#readSeq ?? 0, marks.get(me)?.read_seq ?? 0);
        const isSeen = this.#isSeen();
        if (isSeen && !this.#wasSeen) this.readLine = this.#readSeq < (last ?? 0) ? this.#readSeq : undefined;
        this.#wasSeen = isSeen;
        if (isSeen) {
          this.#readSeq = last ?? 0;
          room.markRead();
        }
      }
      const from = this.#readSeq ?? Number.MAX_SAFE_INTEGER;
      const unread =
        items.filter(({ kind, seq, sender }) => kind === "message" && seq > from && sender.id !== me).length +
        (this.several?.unread ?? 0);
      if (unread !== this.#unread) this.#host.tell({ unread });
      this.#unread = unread;
      if (session.has_others) this.withSeveral((several) => several.follow());
    }
    this.changed();
  }

  #isSeen(): boolean {
    return this.isOpen && !document.hidden && !this.several?.isListed;
  }

  /** The inbox's colour instead of ours, for us and for the launcher. */
  #paint(): void {
    const tint = tinted(this.handler.session?.inbox.colour ?? null);
    if (!tint) return;
    document.documentElement.style.setProperty("--accent", `light-dark(${tint.dark}, ${tint.light})`);
    this.#host.tell({ colour: tint.dark });
  }
}
