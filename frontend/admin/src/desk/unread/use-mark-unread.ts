import { useCallback } from "react";
import { useTalk } from "../../talk/talk";
import { useDesk } from "../desk";
import { CannotUndo } from "../undo/stack";
import { words } from "./words";

/** Returns what puts a conversation back as unread, from an entry on, or else from its last message; it can be undone. */
export function useMarkUnread(): (id: string, seq?: number) => void {
  const { conversations, undo } = useDesk();
  const { reading } = useTalk();
  return useCallback(
    (id, seq) => {
      const conversation = conversations.get(id);
      if (!conversation) return;
      const said = words.marked;
      const { states } = reading;
      reading
        .putBack(id, seq ?? conversation.last_message?.seq ?? conversation.last_seq)
        .then(() => {
          const version = states.get(id)?.version;
          undo.did({
            said,
            undo: async () => {
              const state = states.get(id);
              if (!state || state.version !== version) throw new CannotUndo(words.readMeanwhile);
              await reading.takeBack(state);
            },
          });
        })
        .catch((error: unknown) => undo.failed(said, error));
    },
    [conversations, undo, reading],
  );
}
