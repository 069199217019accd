import { h, type JSX } from "preact";
import { Icon } from "./icons";
import type { Panel } from "./panel";
import * as words from "./words";

/** The faces of who takes part, the name of the chat, and who is there. */
export function Header({ panel }: { panel: Panel }): JSX.Element {
  const { session, client } = panel.handler;
  const agents = [...(client?.presence.values() ?? [])].filter(({ role }) => role === "agent");
  const here = agents.filter(({ status }) => status === "online");
  // By name who takes part already, or else anyone; before that is known, as the session said.
  const isTeamHere = here[0] || (client?.teamHere ?? session?.inbox.agents_online);
  return (
    <header>
      {panel.several?.button()}
      {agents.slice(-3).map((agent) => (
        <b class={here.includes(agent) ? "here" : ""} aria-hidden="true">
          {[...agent.name!][0]}
        </b>
      ))}
      <div class="who">
        <h1 dir="auto">{session?.inbox.name}</h1>
        <p>{session && (isTeamHere ? words.here(here) : words.away)}</p>
      </div>
      <button
        class="plain"
        aria-label={panel.isMuted ? words.unmute : words.mute}
        onClick={() => panel.setMuted(!panel.isMuted)}
      >
        <Icon name={panel.isMuted ? "muted" : "sound"} />
      </button>
      <button class="plain" aria-label={words.close} onClick={() => panel.close()}>
        <Icon name="close" />
      </button>
    </header>
  );
}
