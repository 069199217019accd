import type { Conversation } from "@fireside/shared/protocol";

const START = Date.parse("2026-03-02T10:00:00Z");

/** A time on the day of the tests. */
export const at = (minute: number): string => new Date(START + minute * 60_000).toISOString();

/** A conversation whose customer wrote last, at `minute`. */
export function conversation(id: string, minute: number, rest: Partial<Conversation> = {}): Conversation {
  const customer = { id: 100, name: "Maria Silva", role: "customer", email: null } as const;
  return {
    id,
    inbox_id: 1,
    version: 1,
    status: "open",
    customer,
    assignee: null,
    team: null,
    last_message: {
      seq: 1,
      sender: customer,
      content: { type: "text", text: "Hello" },
      created_at: at(minute),
    },
    last_seq: 1,
    team_last_seq: 0,
    unread: 0,
    waiting_since: null,
    updated_at: at(minute),
    created_at: at(0),
    ...rest,
  };
}
