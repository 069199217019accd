import { isBlank } from "@fireside/shared/format/text";
import type { ConversationState, Pending } from "@fireside/shared/log/conversation";
import type { Message } from "@fireside/shared/log/lane";
import { type NewMessage, textMessage } from "@fireside/shared/log/new-message";

/** How far an agent has seen a conversation, by lane. */
export interface Seen {
  public: number;
  team: number;
}

export function seenOf({ lanes }: ConversationState): Seen {
  return { public: lanes.public.last ?? 0, team: lanes.team.last ?? 0 };
}

/** The message as it leaves: an answer says what was seen, so that the server refuses one that crosses a colleague's. */
export function guarded(message: NewMessage, seen: Seen): NewMessage {
  return message.lane === "public"
    ? { ...message, seen_seq: seen.public, team_seen_seq: seen.team }
    : message;
}

/** What was refused because a colleague has written meanwhile. */
export function staleOf(pending: readonly Pending[]): Pending[] {
  return pending.filter(({ state, error }) => state === "failed" && error?.code === "stale");
}

/** How far the senders of these had seen. */
export function seenBy(stale: readonly Pending[]): Seen {
  return {
    public: Math.min(...stale.map(({ seen_seq }) => seen_seq ?? 0)),
    team: Math.min(...stale.map(({ team_seen_seq }) => team_seen_seq ?? 0)),
  };
}

/** What goes back into the composer: the refused texts, and below them whatever has been begun since. */
export function takenBack(stale: readonly Pending[], draft: NewMessage): NewMessage {
  const texts = [...stale.map(({ content }) => content.text), draft.content.text];
  const { content, lane } = textMessage(texts.filter((text) => !isBlank(text)).join("\n\n"));
  return { ...draft, content, lane };
}

/** The messages of colleagues that came after what was seen, oldest first. */
export function missedSince(seen: Seen, { lanes }: ConversationState, ownId: number): Message[] {
  return (["public", "team"] as const)
    .flatMap((lane) => lanes[lane].items.filter(({ seq }) => seq > seen[lane]))
    .filter((item): item is Message => item.kind === "message")
    .filter(
      ({ sender, content }) => sender.role === "agent" && sender.id !== ownId && content.type !== "deleted",
    )
    .sort((one, other) => one.at - other.at);
}
