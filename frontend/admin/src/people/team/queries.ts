import type { Presence } from "@fireside/shared/protocol";
import { useQuery } from "@tanstack/react-query";
import { useChat } from "../../ui/chat";

export interface Colleague {
  id: number;
  name: string;
  email: string;
  is_admin: boolean;
  presence: Presence | null;
}

/** All agents, once they are known. */
export function useColleagues(): Colleague[] | undefined {
  const { rest } = useChat();
  const { data } = useQuery({
    queryKey: ["colleagues"],
    queryFn: ({ signal }) => rest.get<{ items: Colleague[] }>("/chat/agents", signal),
  });
  return data?.items;
}
