import type { Conversation } from "@fireside/shared/protocol";
import type { AgentRow, NewTeam, Team, TeamChange, TeamList } from "@fireside/shared/protocol/rest";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useColleagues } from "../../people/team/queries";
import { useChat } from "../../ui/chat";

const TEAMS = ["teams"];

/** The teams, once they are known; read anew when one has changed, and after each reconnect. */
export function useTeams(): Team[] | undefined {
  const chat = useChat();
  const client = useQueryClient();
  useEffect(() => {
    const again = () => {
      void client.invalidateQueries({ queryKey: TEAMS });
      void client.invalidateQueries({ queryKey: ["inboxes"] });
    };
    const stops = [
      chat.on("open", again),
      chat.on("event", (event) => event.type === "teams_changed" && again()),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [chat, client]);
  return useQuery({
    queryKey: TEAMS,
    queryFn: ({ signal }) => chat.rest.get<TeamList>("/chat/teams", signal),
  }).data?.items;
}

/** Changes a team: made without an id, deleted where there is no change. */
export function useTeamChange() {
  const { rest } = useChat();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ id, change }: { id?: number; change?: NewTeam | TeamChange }) => {
      if (id === undefined) await rest.send<Team>("POST", "/chat/teams", change);
      else await rest.send<Team>(change ? "PATCH" : "DELETE", `/chat/teams/${id}`, change);
    },
    onSettled: () => client.invalidateQueries({ queryKey: TEAMS }),
  });
}

/** The agents and teams who may see a conversation, so to whom it can be given. */
export function useCandidates({ inbox_id }: Conversation): { people: AgentRow[]; teams: Team[] } {
  const client = useQueryClient();
  // Nothing tells of an agent who was made since.
  useEffect(() => void client.invalidateQueries({ queryKey: ["colleagues"] }), [client]);
  const people = useColleagues() ?? [];
  const teams = useTeams() ?? [];
  const holders = teams.filter(({ inbox_ids }) => inbox_ids.includes(inbox_id));
  if (holders.length === 0) return { people, teams };
  const members = new Set(holders.flatMap(({ member_ids }) => member_ids));
  return { people: people.filter(({ id }) => members.has(id)), teams: holders };
}
