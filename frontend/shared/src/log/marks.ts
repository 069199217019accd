import type { Cancel, Clock } from "../line/clock";

/** Marks are told at most this often. */
const EVERY_MS = 1_000;

/** Tells how far one has received and read; marks only grow, and reading implies receiving. */
export class MarkSignal {
  #delivered = 0;
  /** The last entry that was read. */
  seq = 0;
  #waiting: Cancel | undefined;

  constructor(
    readonly clock: Clock,
    readonly send: (type: "mark_delivered" | "mark_read", seq: number) => void,
  ) {}

  delivered(seq: number): void {
    if (seq <= this.#delivered) return;
    this.#delivered = seq;
    this.tell();
  }

  read(seq: number): void {
    if (seq <= this.seq) return;
    this.seq = seq;
    this.tell();
  }

  /** Tells both soon, and again what was told before: the connection may have lost it. */
  tell(): void {
    this.#waiting ??= this.clock.after(EVERY_MS, () => {
      this.#waiting = undefined;
      if (this.#delivered > this.seq) this.send("mark_delivered", this.#delivered);
      if (this.seq > 0) this.send("mark_read", this.seq);
    });
  }

  /** The log was replaced: its numbers begin anew. */
  reset(): void {
    this.#delivered = this.seq = 0;
  }

  stop(): void {
    this.#waiting?.();
  }
}
