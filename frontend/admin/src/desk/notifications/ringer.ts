import type { Clock } from "@fireside/shared/line/clock";
import type { Notification } from "@fireside/shared/protocol";

/** Milliseconds that a tab may take to say that somebody is looking at it. */
export const LOOK_MS = 50;
/** Milliseconds after which the other devices ring too, if it was not seen. */
export const OTHERS_MS = 8_000;
/** Milliseconds between two calls for somebody whom nobody takes. */
export const REPEAT_MS = 30_000;
/** Milliseconds within which a further sound for the same conversation is the same noise. */
export const PAUSE_MS = 2_000;
/** Age in milliseconds past which something is listed and rings no more: of a night there are hundreds. */
export const OLD_MS = 120_000;
/** Milliseconds of idleness by which a device that was used later is always the first to ask. */
const IDLEST_MS = 120_000;
/** Milliseconds that an idle device leaves to one in use. */
const HEAD_START_MS = 200;

export interface RingerWorld {
  clock: Clock;
  /** Makes the sound, and shows or replaces the conversation's banner. */
  ring(notification: Notification): void;
  /** Takes a conversation's banner away. */
  silence(conversationId: string): void;
  /** Asks the server whether this device is the first. */
  mayRing(notification: Notification): Promise<boolean>;
  isOver(notification: Notification): boolean;
  /** Milliseconds since somebody used this device. */
  idleMs(): number;
}

/**
 * Rings for notifications on one device, in its leading tab: at once where the device is the one in use, later if nobody
 * has looked by then, and again and again while a customer waits for anybody.
 */
export class Ringer {
  readonly #pending = new Map<number, { notification: Notification; cancel: () => void }>();
  readonly #rungAt = new Map<string, number>();

  constructor(readonly world: RingerWorld) {}

  offer(notification: Notification): void {
    const { world } = this;
    if (notification.verdict !== "told" || this.#pending.has(notification.id)) return;
    if (world.clock.now() - Date.parse(notification.created_at) > OLD_MS) return;
    const share = Math.min(world.idleMs(), IDLEST_MS) / IDLEST_MS;
    this.#after(notification, LOOK_MS + share * HEAD_START_MS, () => void this.#ask(notification));
  }

  /** Something was seen, taken, answered or closed: whatever is over is silent from now on. */
  check(): void {
    for (const [id, { notification, cancel }] of this.#pending) {
      if (!this.world.isOver(notification)) continue;
      cancel();
      this.#pending.delete(id);
      this.world.silence(notification.conversation_id);
    }
  }

  stop(): void {
    for (const { cancel } of this.#pending.values()) cancel();
    this.#pending.clear();
  }

  async #ask(notification: Notification): Promise<void> {
    // Without an answer this device rings with the others.
    const isFirst = await this.world.mayRing(notification).catch(() => false);
    if (!this.#pending.has(notification.id)) return;
    if (isFirst) this.#ring(notification);
    else this.#after(notification, OTHERS_MS, () => this.#ring(notification));
  }

  #ring(notification: Notification): void {
    const { world } = this;
    if (world.isOver(notification)) return this.check();
    const { conversation_id } = notification;
    const now = world.clock.now();
    if (now - (this.#rungAt.get(conversation_id) ?? Number.NEGATIVE_INFINITY) >= PAUSE_MS) {
      this.#rungAt.set(conversation_id, now);
      world.ring(notification);
    }
    // It stays, so that its banner goes when it is over; one that calls for somebody rings on.
    if (notification.kind === "waiting") {
      this.#after(notification, REPEAT_MS, () => this.#ring(notification));
    } else {
      this.#pending.set(notification.id, { notification, cancel: () => {} });
    }
  }

  #after(notification: Notification, ms: number, run: () => void): void {
    this.#pending.set(notification.id, { notification, cancel: this.world.clock.after(ms, run) });
  }
}
