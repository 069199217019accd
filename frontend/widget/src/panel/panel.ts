import { asChatError, type ChatError, type ChatStatus, type Message, type Store } from "@fireside/shared";
import type { ToPanel } from "../loader/messages";
import { accents } from "./colour";
import { WidgetWebSocketHandler } from "./handler";
import { Host } from "./host";
import type { SessionKeeper } from "./session";
import { Chime } from "./sound";

const RETRY_MS = 3_000;
/** The server does not take this session any more; another may be had. */
const DEAD_SESSION_CODES = [4201, 4202, 4401];

export interface PanelView {
  isOpen: boolean;
  isMuted: boolean;
  status: ChatStatus;
  /** Why the session could not be opened. */
  error: ChatError | undefined;
  /** Where reading stood when the panel was opened: the "new" line stands after it. */
  readSeq: number | undefined;
}

/** What the panel does apart from its looks: opens the session when wanted, counts what is unread, tells the host. */
export class Panel {
  readonly handler: WidgetWebSocketHandler;
  view: PanelView;
  #host: Host;
  #chime = new Chime();
  #listeners = new Set<() => void>();
  #isConnecting = false;
  #isReplaced = false;
  #readSeq: number | undefined;
  #unread = 0;

  constructor(
    readonly keeper: SessionKeeper,
    readonly store: Store,
  ) {
    const isMuted = store.get("fireside.muted") === "1";
    this.view = {
      isOpen: false,
      isMuted,
      status: { state: "disconnected" },
      error: undefined,
      readSeq: undefined,
    };
    this.handler = new WidgetWebSocketHandler(keeper);
    this.handler.onStatus((status) => this.#statusChanged(status));
    this.handler.onMessageReceived((message) => this.#received(message));
    this.handler.onRoom(() => this.#roomChanged());
    this.#host = new Host(
      (message) => this.#hear(message),
      ({ theme }) => {
        if (theme) document.documentElement.dataset["theme"] = theme;
        if (keeper.token) void this.connect();
      },
    );
    document.addEventListener("visibilitychange", () => this.#look());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#paint());
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Opens the session and connects; tries again by itself where that may help. */
  async connect(): Promise<void> {
    if (this.#isConnecting) return;
    this.#isConnecting = true;
    try {
      await this.handler.connect();
      this.#host.tell({ session: true });
      this.#paint();
      this.#show({ error: undefined });
    } catch (thrown) {
      const error = asChatError(thrown);
      if (error.retryable) setTimeout(() => void this.connect(), error.retryAfterMs ?? RETRY_MS);
      if (error.code === "not_found") this.#host.tell({ session: false });
      this.#show({ error });
    } finally {
      this.#isConnecting = false;
    }
  }

  /** Goes on in a new conversation, with what the closed one did not take. */
  async startAnew(): Promise<void> {
    const { client, room } = this.handler;
    const refused = client && room ? client.outbox.of(room.id) : [];
    await this.connect();
    if (this.handler.room?.id === room?.id) return;
    for (const { client_msg_id, text, error } of refused) {
      client?.outbox.remove(client_msg_id);
      if (error?.code === "conversation_closed") this.handler.sendMessage(text);
    }
  }

  /** Shows the panel in a tab of its own, where no host page does. */
  openAlone(): void {
    this.#hear({ open: true });
  }

  /** Something that the view shows has changed elsewhere. */
  refresh(): void {
    this.#show({});
  }

  close(): void {
    this.#host.tell({ close: true });
  }

  setMuted(isMuted: boolean): void {
    if (isMuted) this.store.set("fireside.muted", "1");
    else this.store.remove("fireside.muted");
    this.#show({ isMuted });
  }

  #hear(message: ToPanel): void {
    if ("identify" in message) {
      this.keeper.identity = message.identify;
      // A session that exists is the anonymous one, or somebody else's who used this browser before.
      if (this.keeper.token) void this.connect();
    } else if (message.open !== this.view.isOpen) {
      this.#show({ isOpen: message.open, readSeq: this.#readSeq });
      if (message.open && !this.handler.session) void this.connect();
      this.#look();
    }
  }

  #statusChanged(status: ChatStatus): void {
    this.#show({ status });
    if (status.stopped && DEAD_SESSION_CODES.includes(status.stopped.code) && !this.#isReplaced) {
      this.#isReplaced = true;
      this.keeper.forget();
      this.handler.disconnect();
      void this.connect();
    }
  }

  #roomChanged(): void {
    this.#readSeq = undefined;
    this.#show({ readSeq: undefined });
    const { room } = this.handler;
    room?.subscribe(() => {
      if (room === this.handler.room) this.#look();
    });
  }

  #received({ content, sender }: Message): void {
    if (content.type === "text") this.#host.tell({ message: { text: content.text, from: sender.name } });
    if (!this.view.isMuted && !this.#isSeen()) this.#chime.play();
  }

  /** Marks what a person sees as read, and counts what nobody saw. */
  #look(): void {
    const { room, session } = this.handler;
    const me = session?.user.id;
    if (!room || me === undefined || room.view.phase !== "ready") return;
    const { marks, lanes } = room.view.conversation;
    if (room.view.isJoined || this.view.status.transport === "poll") {
      this.#readSeq = Math.max(this.#readSeq ?? 0, marks.get(me)?.read_seq ?? 0);
      if (this.#isSeen()) {
        if (this.view.readSeq === undefined) this.#show({ readSeq: this.#readSeq });
        this.#readSeq = lanes.public.last ?? 0;
        room.markRead();
      }
    }
    const from = this.#readSeq ?? Number.MAX_SAFE_INTEGER;
    const unread = lanes.public.items.filter(
      ({ kind, seq, sender }) => kind === "message" && seq > from && sender.id !== me,
    ).length;
    if (unread !== this.#unread) this.#host.tell({ unread });
    this.#unread = unread;
  }

  #isSeen(): boolean {
    return this.view.isOpen && !document.hidden;
  }

  /** The inbox's colour instead of ours, for us and for the launcher. */
  #paint(): void {
    const colour = this.handler.session?.inbox.colour;
    if (!colour) return;
    const root = document.documentElement;
    const { theme } = root.dataset;
    const isDark = theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    const fitting = accents(colour, isDark);
    if (!fitting) return;
    root.style.setProperty("--accent", fitting.accent);
    root.style.setProperty("--on-accent", fitting.onAccent);
    this.#host.tell({ colour: [fitting.accent, fitting.onAccent] });
  }

  #show(change: Partial<PanelView>): void {
    this.view = { ...this.view, ...change };
    for (const listener of [...this.#listeners]) listener();
  }
}
