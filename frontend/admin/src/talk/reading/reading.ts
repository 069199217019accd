import type { ChatClient } from "@fireside/shared/chat";
import type { Signal } from "@fireside/shared/line/requests";
import type { Room } from "@fireside/shared/log/room";
import type { MarksBody, ReadState } from "@fireside/shared/protocol/rest";
import type { ReadStates } from "./read-states";

/** The end of what is on the screen, in both lanes. */
export interface Seen {
  read_seq: number;
  team_read_seq: number;
  /** Of the read state when the reading began; what is put back as unread after that stays so. */
  version: number | undefined;
}

/** Tells what this agent has read, and puts it back. Shown at once; the room repeats it after every join. */
export class Reading {
  readonly #seen = new Map<string, Seen>();

  constructor(
    readonly chat: Pick<ChatClient, "rest" | "signal" | "status">,
    readonly states: ReadStates,
  ) {}

  read(room: Pick<Room, "id" | "markRead" | "marks">, seen: Seen): void {
    const { id } = room;
    this.#seen.set(id, seen);
    room.markRead();
    const state = this.states.get(id);
    if (!state) return room.marks.tell();
    const isPutBack = state.unread_from !== null && (seen.version ?? -1) >= state.version;
    const isNew = seen.read_seq > state.read_seq || seen.team_read_seq > state.team_read_seq;
    if (!isPutBack && !isNew) return;
    this.states.offer({ ...seen, ...afterReading(state, isPutBack), conversation_id: id });
    // It is told at once, for other tabs wait for it; should that get lost, the room tells it again.
    room.marks.tell();
    if (this.chat.status.transport === "poll") this.#post(id, seen);
    else this.chat.signal({ type: "mark_read", conversation_id: id, seq: seen.read_seq });
  }

  /** Puts a conversation back as unread, from an entry of the public lane on. @throws {ChatError} */
  async putBack(id: string, seq: number): Promise<void> {
    const before = this.states.get(id);
    const known = before ?? { read_seq: 0, team_read_seq: 0, version: 0 };
    this.states.offer({ ...known, conversation_id: id, unread_from: seq, version: known.version + 1 });
    try {
      this.states.offer(await this.chat.rest.post<ReadState>(`/chat/conversations/${id}/unread`, { seq }));
    } catch (error) {
      this.states.set(id, before);
      throw error;
    }
  }

  /** Reads again what was put back, as if it had not been. @throws {ChatError} */
  async takeBack({ conversation_id, read_seq, version }: ReadState): Promise<void> {
    await this.chat.rest.post(`/chat/conversations/${conversation_id}/marks`, { read_seq, version });
  }

  /** The signals of a room's mark: with the notes, and with what the reader knew. */
  marked(signal: Extract<Signal, { type: "mark_read" }>): Signal[] {
    const { team_read_seq = 0, version } = this.#seen.get(signal.conversation_id) ?? {};
    const ours = { ...signal, version };
    return team_read_seq > 0 ? [ours, { ...ours, lane: "team", seq: team_read_seq }] : [ours];
  }

  /** The log was replaced: its numbers begin anew. */
  clear(): void {
    this.#seen.clear();
    this.states.clear();
  }

  #post(id: string, seen: Seen): void {
    const body: MarksBody = seen;
    // One that is lost is told again with the next.
    void this.chat.rest.post(`/chat/conversations/${id}/marks`, body).catch(() => {});
  }
}

function afterReading({ unread_from, version }: ReadState, isPutBack: boolean) {
  return isPutBack ? { unread_from: null, version: version + 1 } : { unread_from, version };
}
