import type { ChatClient } from "@fireside/shared/chat";
import type { Room } from "@fireside/shared/log/room";

/** Rooms that stay joined after one looks elsewhere, so that going back shows them at once. */
const MOST_ROOMS = 5;

/** The conversations that were looked at last, joined. */
export class RecentRooms {
  #recent: string[] = [];

  constructor(readonly chat: Pick<ChatClient, "join" | "leave">) {}

  /** Joins a conversation, and leaves the one that nobody has looked at for the longest. */
  visit(id: string): Room {
    this.#recent = [...this.#recent.filter((other) => other !== id), id];
    while (this.#recent.length > MOST_ROOMS) this.chat.leave(this.#recent.shift() ?? "");
    return this.chat.join(id);
  }
}
