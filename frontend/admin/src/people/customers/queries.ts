import { asChatError } from "@fireside/shared/line/errors";
import type { Conversation } from "@fireside/shared/protocol";
import type { CustomerCard } from "@fireside/shared/protocol/rest";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useChat } from "../../ui/chat";

const keyOf = ({ id, customer }: Pick<Conversation, "id" | "customer">) =>
  ["customer", id, customer.card_version] as const;
const pathOf = (id: string) => `/chat/conversations/${encodeURIComponent(id)}/customer`;

/** What is known of a conversation's customer, read again when the conversation's row has a newer version of it. */
export function useCard(conversation: Pick<Conversation, "id" | "customer">) {
  const { rest } = useChat();
  return useQuery({
    queryKey: keyOf(conversation),
    queryFn: ({ signal }) => rest.get<CustomerCard>(pathOf(conversation.id), signal),
    placeholderData: (before, query) =>
      query?.queryKey[1] === conversation.id ? keepPreviousData(before) : undefined,
    retry: (count, error) => count < 3 && asChatError(error).retryable,
  });
}

/** Changes something of it; what it is then is the answer. */
export function useCardChange(conversation: Pick<Conversation, "id" | "customer">) {
  const { rest } = useChat();
  const client = useQueryClient();
  const { id } = conversation;
  return useMutation({
    scope: { id: `customer ${id}` },
    mutationFn: ({
      method,
      path = "",
      body,
    }: {
      method: "POST" | "PATCH" | "DELETE";
      path?: string;
      body?: object;
    }) => rest.send<CustomerCard>(method, pathOf(id) + path, body),
    // The row that tells the version may be here already, or come later: under both there is what was answered.
    onSuccess: (card) => {
      for (const version of new Set([card.version, conversation.customer.card_version])) {
        client.setQueryData(["customer", id, version], card);
      }
    },
  });
}
