/** Two soft notes for a new message. */
export class Chime {
  #context = new AudioContext();

  play(): void {
    if (this.#context.state !== "running") return;
    this.#note(this.#context, 660, 0);
    this.#note(this.#context, 880, 0.12);
  }

  #note(context: AudioContext, hertz: number, delay: number): void {
    const start = context.currentTime + delay;
    const oscillator = new OscillatorNode(context, { frequency: hertz });
    const gain = new GainNode(context, { gain: 0 });
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(0.08, start + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.0001, start + 0.3);
    oscillator.connect(gain).connect(context.destination);
    oscillator.start(start);
    oscillator.stop(start + 0.3);
  }
}
