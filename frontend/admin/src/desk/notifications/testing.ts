import type { Notification } from "@fireside/shared/protocol";
import { at } from "../../../tests/support";

/** A customer's reply in the conversation "a", which the agent was told of. */
export function notification(id: number, rest: Partial<Notification> = {}): Notification {
  return {
    id,
    kind: "replied",
    verdict: "told",
    conversation_id: "a",
    inbox_id: 1,
    seq: id,
    customer: "Maria Silva",
    by: "Maria Silva",
    text: "Hello",
    created_at: at(id),
    is_seen: false,
    is_over: false,
    ...rest,
  };
}
