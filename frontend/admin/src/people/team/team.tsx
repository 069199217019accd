import { useQuery } from "@tanstack/react-query";
import type { Colleague } from "../../app/chat-api";
import { useLive, usePresence } from "../../app/context";
import { Avatar } from "../../ui/avatar";
import { words } from "../../app/words";

/** The other agents, who could help, with their presence. */
export function Team() {
  const { api, agent } = useLive();
  const { data } = useQuery({ queryKey: ["colleagues"], queryFn: ({ signal }) => api.colleagues(signal) });
  const others = data?.filter(({ id }) => id !== agent.id) ?? [];
  if (others.length === 0) return null;
  return (
    <>
      <h3>{words.customer.team}</h3>
      <ul className="team">
        {others.map((colleague) => (
          <TeamMember key={colleague.id} colleague={colleague} />
        ))}
      </ul>
    </>
  );
}

function TeamMember({ colleague }: { colleague: Colleague }) {
  const heard = usePresence(colleague.id);
  const known = colleague.presence;
  // Of what the list said and what was heard since, the larger version wins.
  const status = (heard && (!known || heard.version >= known.version) ? heard : known)?.status ?? "offline";
  return (
    <li>
      <Avatar name={colleague.name} small presence={status} />
      <span dir="auto">{colleague.name}</span>
      <span className="muted">{words.presence[status]}</span>
    </li>
  );
}
