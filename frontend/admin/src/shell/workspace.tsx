import { useEffect, useRef, useState } from "react";
import { useLocation, useRoute, useSearchParams } from "wouter";
import { CONVERSATION, conversationPath, listPath, statusOf } from "../desk/conversations/address";
import { NothingChosen } from "../desk/conversations/nothing-chosen";
import { ConversationPage } from "../desk/conversations/page";
import { useChange } from "../desk/conversations/queries";
import { useDesk } from "../desk/desk";
import { Inbox } from "../desk/inbox/inbox";
import { usePeople } from "../people/people";
import { usePresence } from "../people/presence/presence";
import { usePreference } from "../settings/preferences";
import { type ComposerHandle, ComposerProvider } from "../talk/composer/handle";
import { NARROW, PHONE, useMediaQuery, useViewportHeight } from "../ui/browser";
import { useChat, useStatus } from "../ui/chat";
import type { Command } from "../ui/command";
import type { Place } from "./commands";
import { ConnectionBar } from "./connection-bar";
import { usePaneFocus } from "./pane-focus";
import { useShortcuts } from "./shortcuts";
import { ShortcutsDialog } from "./shortcuts-dialog";
import { useTitle } from "./title";
import { TopBar } from "./top-bar";
import { words } from "./words";
import "./workspace.css";

/** The app of a signed-in agent: the list, the conversation, the customer. */
export function Workspace({ commands }: { commands: readonly Command<Place>[] }) {
  const chat = useChat();
  const [, params] = useRoute<{ id: string }>(CONVERSATION);
  const id = params?.id;
  const { agent } = usePeople();
  const { conversations } = useDesk();
  const [, navigate] = useLocation();
  const [search] = useSearchParams();
  const status = statusOf(search);
  const composer = useRef<ComposerHandle>(null);
  const change = useChange(id ?? "");
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [singleKeys, setSingleKeys] = usePreference("single-keys", true);
  const [paneShown, setPaneShown] = usePreference("details", true);
  const [drawerShown, setDrawerShown] = useState(false);
  const isNarrow = useMediaQuery(NARROW);
  const isPhone = useMediaQuery(PHONE);
  const [detailsShown, setDetailsShown] = isNarrow
    ? [drawerShown, setDrawerShown]
    : [paneShown, setPaneShown];
  const ownStatus = usePresence(agent.id)?.status ?? "online";

  useViewportHeight();
  usePaneFocus(isPhone, id);
  useTitle(id);
  // A failure with one conversation is not to be read above another.
  useEffect(() => change.reset(), [id]);
  useShortcuts(commands, singleKeys, place);

  function step(by: number): void {
    const list = conversations.list(status);
    const index = list.findIndex((conversation) => conversation.id === id);
    const next = list[index < 0 ? 0 : index + by];
    if (next) navigate(conversationPath(next.id, status));
  }

  function place(): Place {
    const conversation = id === undefined ? undefined : conversations.get(id);
    return {
      conversation,
      agentId: agent.id,
      change: change.mutate,
      step,
      toggleDetails: () => setDetailsShown(!detailsShown),
      write: conversation && ((wanted) => composer.current?.write(wanted)),
      showHelp: () => setHelpOpen(true),
    };
  }

  return (
    <div className="workspace" data-view={id === undefined ? "list" : "conversation"}>
      <a className="skip-link" href="#conversation">
        {words.skip}
      </a>
      <ConnectionBar status={useStatus()} />
      <div className="panes">
        <section
          className="pane list-pane"
          aria-label={words.conversations}
          role={isPhone && id === undefined ? "main" : undefined}
        >
          <TopBar
            status={ownStatus}
            onStatus={(wanted) => chat.request({ type: "set_presence", status: wanted })}
            onHelp={() => setHelpOpen(true)}
          />
          <Inbox status={status} onStatus={(wanted) => navigate(listPath(wanted))} currentId={id} />
        </section>
        {id === undefined ? (
          <NothingChosen byKey={singleKeys && !isPhone} />
        ) : (
          <ComposerProvider value={composer}>
            <ConversationPage
              id={id}
              back={listPath(status)}
              detailsShown={detailsShown}
              onDetails={setDetailsShown}
              onChange={(wanted) => change.mutate(wanted)}
              changeFailed={change.isError}
            />
          </ComposerProvider>
        )}
      </div>
      <ShortcutsDialog
        commands={commands}
        isOpen={isHelpOpen}
        onOpenChange={setHelpOpen}
        enabled={singleKeys}
        onEnabledChange={setSingleKeys}
      />
    </div>
  );
}
