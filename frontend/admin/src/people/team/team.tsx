import type { AgentRow } from "@fireside/shared/protocol/rest";
import { Avatar } from "../../ui/avatar";
import { usePeople } from "../people";
import { usePresence } from "../presence/presence";
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
      <ul className="team">
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
  const status = (heard && heard.version >= known.version ? heard : known).status;
  return (
    <li>
      <Avatar name={colleague.name} small presence={status} />
      <span dir="auto">{colleague.name}</span>
      <span className="muted">{presenceWords[status]}</span>
    </li>
  );
}
