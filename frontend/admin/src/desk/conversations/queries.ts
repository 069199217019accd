import { asChatError, ChatError } from "@fireside/shared/line/errors";
import type { Conversation } from "@fireside/shared/protocol";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import type { ConversationChange, InboxRow } from "@fireside/shared/protocol/rest";
import { useDesk } from "../desk";

/** A conversation as it is now; asked for when the list has not brought it yet, as after opening a link. */
export function useConversation(id: string): { conversation: Conversation | undefined; isMissing: boolean } {
  const { api, conversations } = useDesk();
  const conversation = useSyncExternalStore(conversations.subscribe, () => conversations.get(id));
  const query = useQuery({
    queryKey: ["conversation", id],
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

export function useChange(id: string) {
  const { api, conversations } = useDesk();
  return useMutation({
    mutationFn: (change: ConversationChange) => api.update(id, change),
    onSuccess: (conversation) => conversations.upsert([conversation]),
  });
}
