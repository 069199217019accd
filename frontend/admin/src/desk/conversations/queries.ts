import { asChatError, ChatError } from "@fireside/shared/line/errors";
import type { Conversation } from "@fireside/shared/protocol";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import type { ConversationChange, InboxRow } from "@fireside/shared/protocol/rest";
import { usePeople } from "../../people/people";
import { useDesk } from "../desk";
import { CannotUndo } from "../undo/stack";
import { foreseen, inverse, saidOf, stillStands } from "../undo/triage";
import { words as undoWords } from "../undo/words";

/** A conversation as it is now; asked for when the list has not brought it yet, as after opening a link. */
export function useConversation(id: string): { conversation: Conversation | undefined; isMissing: boolean } {
  const { api, conversations } = useDesk();
  const conversation = useSyncExternalStore(conversations.subscribe, () => conversations.get(id));
  const generation = useSyncExternalStore(conversations.subscribe, conversations.generation);
  const query = useQuery({
    queryKey: ["conversation", id, generation],
    queryFn: async ({ signal }) => {
      conversations.upsert([await api.conversation(id, signal)]);
      return true;
    },
    enabled: conversation === undefined,
    // There is nothing to show without it, so it is tried for as long as it may come.
    retry: (_, error) => asChatError(error).retryable,
  });
  return { conversation, isMissing: query.error instanceof ChatError && query.error.code === "not_found" };
}

/** The inboxes, once they are known. */
export function useInboxes(): InboxRow[] | undefined {
  const { api } = useDesk();
  return useQuery({ queryKey: ["inboxes"], queryFn: ({ signal }) => api.inboxes(signal) }).data;
}

/** Changes a conversation: shown at once, taken back where it stood if it fails, and undone if the agent wants it. */
export function useChange(id: string) {
  const { api, conversations, undo } = useDesk();
  const { agent } = usePeople();
  return useMutation({
    // One after the other, or the first of two could be the last to arrive.
    scope: { id },
    mutationFn: (change: ConversationChange) => api.update(id, change),
    onMutate: (change) => {
      const before = conversations.get(id);
      const ownself = { id: agent.id, name: agent.name, role: agent.role, email: agent.email };
      return { before, failed: before && conversations.foresee(foreseen(change, before, ownself)) };
    },
    onError: (_error, _change, context) => context?.failed?.(),
    onSuccess: (after, change, { before }) => {
      conversations.upsert([after]);
      if (!before || stillStands(change, before, after)) return;
      undo.did({
        said: saidOf(change, after),
        undo: async () => {
          const now = conversations.get(id) ?? after;
          if (!stillStands(change, after, now)) throw new CannotUndo(undoWords.changedSince);
          conversations.upsert([await api.update(id, inverse(change, before))]);
        },
      });
    },
  });
}
