import { lazy, Suspense, useSyncExternalStore } from "react";
import { Link } from "wouter";
import { useRoom } from "../../talk/use-room";
import { BackIcon, WarningIcon } from "../../ui/icons";
import { Notice, Skeleton } from "../../ui/notice";
import type { ConversationChange } from "@fireside/shared/protocol/rest";
import { DetailsPane } from "../details/details-pane";
import { useConversation } from "./queries";
import { ConversationView } from "./view";
import { words } from "./words";
import "./page.css";

// Dialogs are large, and nobody opens one in the first second.
const ChooserDialog = lazy(async () => ({
  default: (await import("../choosing/chooser-dialog")).ChooserDialog,
}));

interface PageProps {
  id: string;
  back: string;
  detailsShown: boolean;
  onDetails(shown: boolean): void;
  onChange(change: ConversationChange): void;
  changeFailed: boolean;
}

const never = () => () => {};

/** A conversation by its address: what is behind it, or why there is nothing. */
export function ConversationPage({ id, back, ...props }: PageProps) {
  const { conversation, isMissing } = useConversation(id);
  const room = useRoom(id);
  const phase = useSyncExternalStore(room?.subscribe ?? never, () => room?.view.phase);

  if (isMissing || phase === "gone" || !conversation) {
    return (
      <main className="pane conversation-pane" id="conversation" tabIndex={-1}>
        <header className="conversation-header bare">
          <Link className="icon-button back" href={back} aria-label={words.back}>
            <BackIcon />
          </Link>
        </header>
        {isMissing || phase === "gone" ? (
          <Notice icon={<WarningIcon />} title={words.notFound} hint={words.notFoundHint}>
            <Link className="button" href={back}>
              {words.toList}
            </Link>
          </Notice>
        ) : (
          <Skeleton rows={5} label={words.loading} />
        )}
      </main>
    );
  }
  return (
    <>
      <main
        className="pane conversation-pane"
        id="conversation"
        tabIndex={-1}
        aria-label={words.messages(conversation.customer.name)}
      >
        {room && <ConversationView key={id} conversation={conversation} room={room} back={back} {...props} />}
      </main>
      <Suspense>
        <ChooserDialog conversation={conversation} onChange={props.onChange} />
      </Suspense>
      <DetailsPane conversation={conversation} isShown={props.detailsShown} onShown={props.onDetails} />
    </>
  );
}
