import type { Arrival } from "../inbox/conversation-store";
import type { Sound } from "./sound";

/** Sounds for each message of a customer that comes while nobody looks at its conversation. */
export class Alerts {
  constructor(
    readonly sound: Pick<Sound, "play">,
    /** The conversation that somebody is looking at now, for its messages need no sound. */
    readonly watchedId: () => string | undefined,
  ) {}

  arrived(arrivals: readonly Arrival[]): void {
    for (const { conversation, previous } of arrivals) {
      const { id, last_message } = conversation;
      if (last_message?.sender.role !== "customer") continue;
      if (last_message.seq <= (previous?.last_message?.seq ?? 0)) continue;
      if (id === this.watchedId()) continue;
      void this.sound.play(`${id} ${last_message.seq}`);
    }
  }
}
