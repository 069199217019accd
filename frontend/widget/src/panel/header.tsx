import { h, type JSX } from "preact";
import { Icon } from "./icons";
import type { Panel } from "./panel";
import * as words from "./words";

/** The name of the chat, and who is there. */
export function Header({ panel }: { panel: Panel }): JSX.Element {
  const { session } = panel.handler;
  return (
    <header>
      <div class="who">
        <h1 dir="auto">{session?.inbox.name}</h1>
        <p>{session && presenceText(panel)}</p>
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

/** Agents who are there, by name where they have written already; before presence is known, as the session said. */
function presenceText({ handler }: Panel): string {
  const presence = [...(handler.client?.presence.values() ?? [])].filter(({ role }) => role === "agent");
  const here = presence.filter(({ status }) => status === "online" || status === "busy");
  if (!here.length && (presence.length || !handler.session?.inbox.agents_online)) return words.away;
  const items = handler.room?.view.conversation.lanes.public.items ?? [];
  const names = new Map(items.map(({ sender }) => [sender.id, sender.name]));
  const known = here.map(({ user_id }) => names.get(user_id)).filter((name) => name !== undefined);
  return words.here(known, here.length - known.length);
}
