import type { Cancel, Clock } from "../line/clock";

const REPEAT_MS = 2_000;
const SILENCE_MS = 3_000;

/** Turns keystrokes into signals: a start at most every 2 s, a stop after 3 s of silence. */
export class TypingSignal {
  #startedAt: number | undefined;
  #silence: Cancel = () => {};

  constructor(
    readonly clock: Clock,
    readonly send: (on: boolean) => void,
  ) {}

  /** Call it at each change of the text. */
  typed(): void {
    const now = this.clock.now();
    if (this.#startedAt === undefined || now - this.#startedAt >= REPEAT_MS) {
      this.#startedAt = now;
      this.send(true);
    }
    this.#silence();
    this.#silence = this.clock.after(SILENCE_MS, () => this.stop());
  }

  /** Call it when the text is sent or emptied. */
  stop(): void {
    this.#silence();
    if (this.#startedAt === undefined) return;
    this.#startedAt = undefined;
    this.send(false);
  }
}
