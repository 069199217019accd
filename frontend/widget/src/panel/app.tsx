import type { ChatError, Room, Store } from "@fireside/shared";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { Announcer } from "./announcer";
import { Composer } from "./composer";
import { Connection } from "./connection";
import { Header } from "./header";
import { useLasting, useSubscription } from "./hooks";
import { Log } from "./log";
import type { Panel } from "./panel";
import { words } from "./words";

const SKELETON_MS = 300;

export function App({ panel, store }: { panel: Panel; store: Store }): JSX.Element {
  useSubscription(panel.subscribe);
  const { room, session, client } = panel.handler;
  useSubscription(room?.subscribe);
  useEffect(() => client?.on("presence", () => panel.refresh()), [client]);
  return (
    <main onKeyDown={(event) => event.key === "Escape" && !event.isComposing && panel.close()}>
      <Header panel={panel} />
      <Connection panel={panel} />
      {room && session ? (
        <Log key={room.id} room={room} panel={panel} welcome={session.inbox.welcome} />
      ) : (
        <Opening error={panel.view.error} />
      )}
      {room && isClosed(room) ? <Closed panel={panel} /> : <Composer panel={panel} store={store} />}
      <Announcer panel={panel} />
    </main>
  );
}

/** In place of the conversation while it is not there yet. */
function Opening({ error }: { error: ChatError | undefined }): JSX.Element {
  const isSlow = useLasting(!error, SKELETON_MS);
  return (
    <div class="log opening" role="status">
      {error ? failure(error) : isSlow ? words.loading : ""}
    </div>
  );
}

function failure({ code, message, retryable }: ChatError): string {
  if (retryable) return words.failed;
  if (code === "not_found") return words.notFound;
  if (code === "forbidden") return words.forbidden;
  return code === "auth_failed" || code === "token_expired" ? words.identity : message || words.failed;
}

function Closed({ panel }: { panel: Panel }): JSX.Element {
  return (
    <div class="composer closed">
      <p>{words.closed}</p>
      <button type="button" class="primary" onClick={() => void panel.startAnew()}>
        {words.startNew}
      </button>
    </div>
  );
}

/** As the log has it, or as a refused message told it. */
function isClosed({ view: { conversation } }: Room): boolean {
  const changes = conversation.lanes.public.items.filter(
    (item) => item.kind === "notice" && item.event === "status_changed",
  );
  const last = changes.at(-1);
  return last?.kind === "notice" && last.data["status"] === "closed";
}
