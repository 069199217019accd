import type { PresenceStatus } from "@fireside/shared/protocol";
import { words as presenceWords } from "../people/presence/words";
import type { Agent } from "../people/sign-in/session";
import { Avatar } from "../ui/avatar";
import { words } from "./words";

/** What the button of the agent's menu shows, and says. */
export function AgentFace({ agent, status }: { agent: Agent; status: PresenceStatus }) {
  return (
    <>
      <Avatar name={agent.name} small presence={status} />
      <span className="visually-hidden">
        {words.you(agent.name, presenceWords[status].toLocaleLowerCase())}
      </span>
    </>
  );
}
