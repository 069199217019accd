import { useOwnStatus } from "../people/presence/own-status";
import { words as presenceWords } from "../people/presence/words";
import type { Agent } from "../people/sign-in/session";
import { Avatar } from "../ui/avatar";
import { words } from "./words";

/** What the button of the agent's menu shows, and says. */
export function AgentFace({ agent }: { agent: Agent }) {
  const { own } = useOwnStatus();
  const status = own?.status ?? "online";
  const said = own?.chosen === "invisible" ? presenceWords.choices.invisible : presenceWords[status];
  return (
    <>
      <Avatar name={agent.name} small presence={status} />
      <span className="visually-hidden">{words.you(agent.name, said.toLocaleLowerCase())}</span>
    </>
  );
}
