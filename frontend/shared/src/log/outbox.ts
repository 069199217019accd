import { backoff } from "../line/backoff";
import type { Cancel, Clock } from "../line/clock";
import type { Pending } from "./conversation";
import { fromStored, type NewMessage, type StoredMessage, toStored, wellFormed } from "./new-message";
import { asChatError, ChatError } from "../line/errors";
import { uuid } from "../line/ids";
import type { Store } from "../line/storage";

/** More than a person types during an outage, and well within what browsers store. */
const MOST_ITEMS = 100;
/** Another tab's message is sent from here when that tab has not tried for so long. */
const ABANDONED_MS = 10_000;
/** Failures of the server at one message before it is set aside for the person to decide, and the next ones go. */
const MOST_FAULTS = 5;

/** One message on its way, as it is stored. */
export interface OutboxItem {
  conversation_id: string;
  client_msg_id: string;
  message: NewMessage;
  /** When it was written; items leave in this order. */
  at: number;
  /** The tab that wrote it, so that two tabs do not both send it at once. */
  tab: string;
  tried_at: number;
  state: Pending["state"];
  /** Times that the server answered that it was at fault. */
  faults?: number;
  error?: { code: string; message: string } | undefined;
}

export interface OutboxOptions {
  store: Store;
  /** The owner of the outbox: messages of one person must never leave as another's. */
  scope: string;
  /** Names this tab; the same after a reload. */
  tab: string;
  clock: Clock;
  /** Resolves when the server has stored the message, which may be twice with the same `client_msg_id`. */
  deliver(item: OutboxItem): Promise<unknown>;
  onChange(conversationId: string): void;
}

/**
 * Messages that the server has not confirmed. They survive a reload, leave one at a time per conversation and
 * in the order they were written, and stay until acked or refused for good. Two tabs may send the same one:
 * the server stores it once, and the log tells both.
 */
export class Outbox {
  #items = new Map<string, OutboxItem>();
  #sending = new Set<string>();
  #attempts = new Map<string, number>();
  #timers = new Map<string, Cancel>();

  constructor(readonly options: OutboxOptions) {
    this.#read();
  }

  /** Puts a message into the box and sends it as soon as can be; throws `outbox_full` when too many wait. */
  add(conversationId: string, message: NewMessage, clientMsgId = uuid()): OutboxItem {
    if (this.#items.size >= MOST_ITEMS) {
      throw new ChatError("outbox_full", "Too many wait.", true);
    }
    const { clock, tab } = this.options;
    const at = Math.max(clock.now(), ...this.of(conversationId).map((item) => item.at + 1));
    const item: OutboxItem = {
      conversation_id: conversationId,
      client_msg_id: clientMsgId,
      message: wellFormed(message),
      at,
      tab,
      tried_at: clock.now(),
      state: "sending",
    };
    this.#write(item);
    this.flush(conversationId);
    return item;
  }

  /** The messages that wait in one conversation, oldest first. */
  of(conversationId: string): OutboxItem[] {
    return [...this.#items.values()]
      .filter((item) => item.conversation_id === conversationId)
      .sort((a, b) => a.at - b.at);
  }

  /** Sends a message again that was refused. */
  retry(clientMsgId: string): void {
    const item = this.#items.get(clientMsgId);
    if (item?.state !== "failed") return;
    this.#write({ ...item, error: undefined, faults: 0, state: "sending", tab: this.options.tab });
    this.flush(item.conversation_id);
  }

  /** Takes a message out: it is in the log, or the person does not want it any more. */
  remove(clientMsgId: string): void {
    const item = this.#items.get(clientMsgId);
    if (!item) return;
    this.#items.delete(clientMsgId);
    this.options.store.remove(this.#key(clientMsgId));
    this.options.onChange(item.conversation_id);
  }

  /** Tries now whatever may be sent: the connection is back, or something was added. */
  flush(conversationId?: string): void {
    if (conversationId !== undefined) return void this.#send(conversationId);
    this.#read();
    for (const id of this.#conversations()) void this.#send(id);
  }

  close(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  async #send(conversationId: string): Promise<void> {
    if (this.#sending.has(conversationId)) return;
    this.#timers.get(conversationId)?.();
    const { clock, tab } = this.options;
    const waits = (item: OutboxItem): number =>
      item.tab === tab ? 0 : Math.max(0, item.tried_at + ABANDONED_MS - clock.now());
    // Ours first, in their order; another tab's only when that tab has given up on it.
    const [item] = this.of(conversationId)
      .filter(({ state }) => state === "sending")
      .sort((a, b) => waits(a) - waits(b));
    if (!item) return;
    if (waits(item)) return this.#sendLater(conversationId, waits(item));
    this.#sending.add(conversationId);
    this.#write({ ...item, tried_at: clock.now() });
    let delay: number | undefined = 0;
    try {
      await this.options.deliver(item);
      this.#acked(item);
    } catch (error) {
      delay = this.#refused(item, asChatError(error));
    }
    this.#sending.delete(conversationId);
    if (delay !== undefined) this.#sendLater(conversationId, delay);
  }

  #acked(item: OutboxItem): void {
    this.#attempts.delete(item.conversation_id);
    // It need not survive a reload any more, but shows until its entry comes.
    this.options.store.remove(this.#key(item.client_msg_id));
    if (!this.#items.has(item.client_msg_id)) return;
    this.#items.set(item.client_msg_id, { ...item, error: undefined, state: "sent" });
    this.options.onChange(item.conversation_id);
  }

  /** Returns when to go on, in milliseconds; undefined when the connection's return will tell. */
  #refused(item: OutboxItem, { code, message, retryable, retryAfterMs }: ChatError): number | undefined {
    if (!this.#items.has(item.client_msg_id)) return 0;
    if (!retryable) {
      this.#write({ ...item, state: "failed", error: { code, message } });
      return 0;
    }
    if (code === "disconnected") return undefined;
    const attempt = this.#attempts.get(item.conversation_id) ?? 0;
    this.#attempts.set(item.conversation_id, attempt + 1);
    const faults = (item.faults ?? 0) + (code === "internal" ? 1 : 0);
    const state = faults < MOST_FAULTS ? "sending" : "failed";
    this.#write({ ...item, faults, state, error: { code, message } });
    if (state === "failed") return 0;
    return retryAfterMs ?? backoff(attempt, this.options.clock);
  }

  #sendLater(conversationId: string, ms: number): void {
    this.#timers.get(conversationId)?.();
    if (ms <= 0) return void this.#send(conversationId);
    this.#timers.set(
      conversationId,
      this.options.clock.after(ms, () => void this.#send(conversationId)),
    );
  }

  /** Takes over what other tabs stored, and lets go of what they settled. */
  #read(): void {
    const { store, tab, onChange } = this.options;
    const prefix = this.#key("");
    const before = this.#conversations();
    const stored = store.keys().filter((key) => key.startsWith(prefix));
    for (const [id, item] of this.#items) {
      if (item.tab !== tab && item.state !== "sent" && !stored.includes(prefix + id)) this.#items.delete(id);
    }
    for (const key of stored) {
      const id = key.slice(prefix.length);
      try {
        if (this.#items.get(id)?.tab !== tab) this.#items.set(id, revived(id, store.get(key)));
      } catch {
        store.remove(key);
      }
    }
    for (const id of new Set([...before, ...this.#conversations()])) onChange(id);
  }

  #conversations(): Set<string> {
    return new Set([...this.#items.values()].map((item) => item.conversation_id));
  }

  #write(item: OutboxItem): void {
    this.#items.set(item.client_msg_id, item);
    this.options.store.set(
      this.#key(item.client_msg_id),
      JSON.stringify({ ...item, ...toStored(item.message) }),
    );
    this.options.onChange(item.conversation_id);
  }

  #key(clientMsgId: string): string {
    return `fireside.outbox.${this.options.scope}.${clientMsgId}`;
  }
}

/** An item as any version may have stored it, made fit to be sent; throws where it is none. */
function revived(id: string, stored: string | null): OutboxItem {
  const item = JSON.parse(stored ?? "") as OutboxItem & StoredMessage;
  const { conversation_id, client_msg_id, at, tried_at } = item;
  if (
    typeof conversation_id !== "string" ||
    client_msg_id !== id ||
    !Number.isFinite(at) ||
    !Number.isFinite(tried_at)
  ) {
    throw new TypeError();
  }
  return { ...item, message: fromStored(item) };
}
