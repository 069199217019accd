import type { AgentRow } from "@fireside/shared/protocol/rest";
import { Avatar } from "../../ui/avatar";
import { usePeople } from "../people";
import { usePresence } from "../presence/presence";
import { StatusText } from "../presence/status-text";
import { words as presenceWords } from "../presence/words";
import { useColleagues } from "./queries";
import { words } from "./words";
import "./team.css";

/** The other agents, who could help, with their presence. */
export function Team() {
  const { agent } = usePeople();
  const others = useColleagues()?.filter(({ id }) => id !== agent.id) ?? [];
  if (others.length === 0) return null;
  return (
    <>
      <h3>{words.title}</h3>
      <ul className="team" aria-label={words.title}>
        {others.map((colleague) => (
          <TeamMember key={colleague.id} colleague={colleague} />
        ))}
      </ul>
    </>
  );
}

function TeamMember({ colleague }: { colleague: AgentRow }) {
  const heard = usePresence(colleague.id);
  const known = colleague.presence;
  // Of what the list said and what was heard since, the larger version wins.
  const presence = heard && heard.version >= known.version ? heard : known;
  return (
    <li>
      <Avatar name={colleague.name} small presence={presence.status} />
      <span className="team-who">
        <span dir="auto">{colleague.name}</span>
        <StatusText presence={presence} />
      </span>
      <span className="muted">{presenceWords[presence.status]}</span>
    </li>
  );
}
