import type { Store } from "@fireside/shared/line/storage";

const MUTED_KEY = "fireside.muted";
/** Milliseconds for which the occasion stays taken, for tabs that hear of it later. */
const TAKEN_MS = 3000;
/** Messages that come faster than this are one occasion to look up. */
const PAUSE_SECONDS = 2;

/** Two soft notes for a new message, made by WebAudio: nothing to load, nothing for the content policy to allow. */
export class Sound {
  #context: AudioContext | undefined;
  #silentUntil = 0;

  constructor(readonly store: Store) {}

  /** Browsers let a page sound only after a gesture: wait for the first one. Returns how to stop. */
  listenForGesture(): () => void {
    const unlock = () => {
      this.#context ??= new AudioContext();
      void this.#context.resume();
    };
    addEventListener("pointerdown", unlock, { once: true });
    addEventListener("keydown", unlock, { once: true });
    return () => {
      removeEventListener("pointerdown", unlock);
      removeEventListener("keydown", unlock);
      void this.#context?.close();
    };
  }

  get muted(): boolean {
    return this.store.get(MUTED_KEY) === "true";
  }

  set muted(muted: boolean) {
    this.store.set(MUTED_KEY, String(muted));
  }

  /**
   * Sound once for this occasion, however many tabs know of it: the first that can takes it. A busy inbox
   * sounds every two seconds and not two hundred times a second.
   */
  async play(occasion: string): Promise<void> {
    const context = this.#context;
    if (context?.state !== "running" || context.currentTime < this.#silentUntil || this.muted) return;
    this.#silentUntil = context.currentTime + PAUSE_SECONDS;
    if (!navigator.locks) return chime(context);
    await navigator.locks.request(`fireside-sound ${occasion}`, { ifAvailable: true }, async (lock) => {
      if (!lock) return;
      chime(context);
      await new Promise((done) => setTimeout(done, TAKEN_MS));
    });
  }
}

function chime(context: AudioContext): void {
  const start = context.currentTime;
  [660, 880].forEach((frequency, note) => {
    const oscillator = new OscillatorNode(context, { frequency, type: "sine" });
    const gain = new GainNode(context, { gain: 0 });
    const from = start + note * 0.11;
    gain.gain.setValueAtTime(0, from);
    gain.gain.linearRampToValueAtTime(0.12, from + 0.015);
    gain.gain.exponentialRampToValueAtTime(0.001, from + 0.35);
    oscillator.connect(gain).connect(context.destination);
    oscillator.start(from);
    oscillator.stop(from + 0.4);
  });
}
