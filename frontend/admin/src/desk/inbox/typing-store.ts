import type { TypingIndicator } from "@fireside/shared/protocol";
import { KeyedStore } from "../../ui/keyed-store";

export interface Typist {
  id: number;
  name: string;
  role: TypingIndicator["role"];
}

/**
 * Typing, by conversation. An indicator ends by itself after `expires_in_ms`, so that one whose
 * end got lost does not stay for ever.
 */
export class TypingStore extends KeyedStore<string, readonly Typist[]> {
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  offer(indicator: Omit<TypingIndicator, "type">): void {
    const { conversation_id, user_id, is_typing, expires_in_ms } = indicator;
    const key = `${conversation_id} ${user_id}`;
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    if (!is_typing) return this.#remove(conversation_id, user_id);
    this.#timers.set(
      key,
      setTimeout(() => this.#remove(conversation_id, user_id), expires_in_ms),
    );
    const typists = this.get(conversation_id) ?? [];
    if (typists.some(({ id }) => id === user_id)) return;
    this.set(conversation_id, [...typists, { id: user_id, name: indicator.user_name, role: indicator.role }]);
  }

  #remove(conversationId: string, userId: number): void {
    const typists = this.get(conversationId);
    if (!typists?.some(({ id }) => id === userId)) return;
    const rest = typists.filter(({ id }) => id !== userId);
    this.set(conversationId, rest.length > 0 ? rest : undefined);
    this.#timers.delete(`${conversationId} ${userId}`);
  }
}
