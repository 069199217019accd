import type { AgentList, AgentRow } from "@fireside/shared/protocol/rest";
import { useQuery } from "@tanstack/react-query";
import { useChat } from "../../ui/chat";

/** All agents, once they are known. */
export function useColleagues(): AgentRow[] | undefined {
  const { rest } = useChat();
  const { data } = useQuery({
    queryKey: ["colleagues"],
    queryFn: ({ signal }) => rest.get<AgentList>("/chat/agents", signal),
  });
  return data?.items;
}
