import type { Store } from "@fireside/shared/line/storage";

const MUTED_KEY = "fireside.muted";
const NAME_KEY = "fireside.sound";
const VOLUME_KEY = "fireside.volume";

/** Each note: hertz, seconds until it begins, seconds for which it fades. Made here: nothing to load or to license. */
const SOUNDS = {
  two: [
    [660, 0, 0.35],
    [880, 0.11, 0.35],
  ],
  drop: [
    [990, 0, 0.18],
    [620, 0.07, 0.3],
  ],
  bell: [
    [1320, 0, 0.9],
    [2640, 0, 0.4],
  ],
  knock: [
    [190, 0, 0.1],
    [190, 0.14, 0.12],
  ],
} as const satisfies Record<string, readonly (readonly [number, number, number])[]>;

export type SoundName = keyof typeof SOUNDS;

export const SOUND_NAMES = Object.keys(SOUNDS) as readonly SoundName[];

/** Sounds, made by WebAudio, and how this browser wants them. */
export class Sound {
  #context: AudioContext | undefined;

  constructor(readonly store: Store) {}

  /** Browsers let a page sound only after a gesture: wait for the first one. Returns how to stop. */
  listenForGesture(): () => void {
    const unlock = () => this.unlock();
    // Before whatever is pressed, which may keep the event to itself.
    addEventListener("pointerdown", unlock, { once: true, capture: true });
    addEventListener("keydown", unlock, { once: true, capture: true });
    return () => {
      removeEventListener("pointerdown", unlock, true);
      removeEventListener("keydown", unlock, true);
      void this.#context?.close();
      this.#context = undefined;
    };
  }

  /** To be called from a gesture; afterwards sounds are heard. */
  unlock(): void {
    this.#context ??= new AudioContext();
    void this.#context.resume();
  }

  get muted(): boolean {
    return this.store.get(MUTED_KEY) === "true";
  }

  set muted(muted: boolean) {
    this.store.set(MUTED_KEY, String(muted));
  }

  get name(): SoundName {
    return SOUND_NAMES.find((each) => each === this.store.get(NAME_KEY)) ?? "two";
  }

  set name(name: SoundName) {
    this.store.set(NAME_KEY, name);
  }

  /** From 0 to 1. */
  get volume(): number {
    const kept = Number(this.store.get(VOLUME_KEY) ?? 0.7);
    return kept >= 0 && kept <= 1 ? kept : 0.7;
  }

  set volume(volume: number) {
    this.store.set(VOLUME_KEY, String(volume));
  }

  /** Whether this browser wants to hear anything. */
  get isOn(): boolean {
    return !this.muted && this.volume > 0;
  }

  /** Whether this tab would be heard: there was a gesture, and sounds are on. */
  get canPlay(): boolean {
    return this.#context !== undefined && this.#context.state !== "closed" && this.isOn;
  }

  play(name = this.name, volume = this.volume): void {
    const context = this.#context;
    if (!context || !this.canPlay) return;
    for (const [frequency, delay, fade] of SOUNDS[name]) {
      const oscillator = new OscillatorNode(context, { frequency, type: "sine" });
      const gain = new GainNode(context, { gain: 0 });
      const from = context.currentTime + delay;
      gain.gain.setValueAtTime(0, from);
      gain.gain.linearRampToValueAtTime(0.17 * volume, from + 0.015);
      gain.gain.exponentialRampToValueAtTime(0.001, from + fade);
      oscillator.connect(gain).connect(context.destination);
      oscillator.start(from);
      oscillator.stop(from + fade + 0.05);
    }
  }
}
