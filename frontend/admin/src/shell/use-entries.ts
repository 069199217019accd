import { browserStore } from "@fireside/shared/line/storage";
import type { Conversation } from "@fireside/shared/protocol";
import { useLocation } from "wouter";
import { conversationPath } from "../desk/conversations/address";
import { useDesk } from "../desk/desk";
import { usePeople } from "../people/people";
import { viewOf } from "../talk/contents/views";
import type { Command } from "../ui/command";
import type { Place } from "./commands";
import { Entries, type Entry } from "./palette-entries";
import { recentCommands, rememberCommand } from "./recent";
import { useShellSlots } from "./slots";
import { words } from "./words";

const store = browserStore();

/** Gathers what the palette offers at the moment it is asked. */
export function useEntries(
  commands: readonly Command<Place>[],
  place: () => Place,
  run: (command: Command<Place>) => void,
): { entries(): Entries; choose(entry: Entry): void } {
  const { conversations } = useDesk();
  const { agent } = usePeople();
  const { settingsPages } = useShellSlots();
  const [, go] = useLocation();

  function entries(): Entries {
    const here = place();
    const possible = commands
      .filter(({ id, when }) => id !== "palette" && (when?.(here) ?? true))
      .map((command) => ({ ...command, run: () => run(command) }));
    const pages = settingsPages
      .filter(({ who }) => who === "all" || agent.is_admin)
      .map(({ id, path, title }) => ({
        id: `settings-${id}`,
        title,
        hint: words.settings.title,
        keys: [],
        run: () => go(`/settings/${path}`),
      }));
    const known = (most: number): Entry[] =>
      [...conversations.list("open").slice(0, most), ...conversations.list("closed").slice(0, most)]
        .slice(0, most)
        .map((conversation) => ({
          id: conversation.id,
          title: conversation.customer.name,
          hint: lineOf(conversation),
          keys: [],
          run: () => go(conversationPath(conversation.id, { view: conversation.status })),
        }));
    return new Entries([...possible, ...pages], known, recentCommands(store));
  }

  function choose(entry: Entry): void {
    rememberCommand(store, entry.id);
    entry.run();
  }

  return { entries, choose };
}

function lineOf({ last_message }: Conversation): string {
  return last_message ? viewOf(last_message.content).preview(last_message.content) : "";
}
