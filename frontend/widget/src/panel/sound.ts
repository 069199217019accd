/** Two soft notes for a new message. */
export class Chime {
  #context = new AudioContext();

  play(): void {
    if (this.#context.state !== "running") return;
    this.#note(660, 0);
    this.#note(880, 0.12);
  }

  #note(frequency: number, delay: number): void {
    const context = this.#context;
    const start = context.currentTime + delay;
    const oscillator = new OscillatorNode(context, { frequency });
    const gain = new GainNode(context, { gain: 0 });
    gain.gain.setTargetAtTime(0.08, start, 0.01);
    gain.gain.setTargetAtTime(0, start + 0.05, 0.06);
    oscillator.connect(gain).connect(context.destination);
    oscillator.start(start);
    oscillator.stop(start + 0.5);
  }
}
