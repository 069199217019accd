import { type ChatError, isComposing } from "@fireside/shared";
import { h, type JSX } from "preact";
import type { Composer } from "./composer";
import { Header } from "./header";
import { Log } from "./log";
import type { Panel } from "./panel";
import type { Scroller } from "./scroller";
import * as words from "./words";

interface AppProps {
  panel: Panel;
  composer: Composer;
  scroller: Scroller;
}

/** The whole panel, drawn anew from what is known whenever that changes. */
export function App({ panel, composer, scroller }: AppProps): JSX.Element {
  const { room, session } = panel.handler;
  return (
    <main onKeyDown={(event) => event.key === "Escape" && !isComposing(event) && panel.close()}>
      <Header panel={panel} />
      <div role="status">
        <Connection panel={panel} />
      </div>
      {panel.several?.view() ?? [
        room && session ? (
          <Log key={room.id} room={room} panel={panel} scroller={scroller} />
        ) : (
          <div class="log opening" role="status">
            {panel.error ? failure(panel.error) : panel.isOpen && words.loading}
          </div>
        ),
        panel.extras?.bar(),
        composer.view(),
      ]}
      <News panel={panel} />
    </main>
  );
}

/** Nothing while all is well; what is wrong, what is safe and what to do when it is not. */
function Connection({ panel }: { panel: Panel }): JSX.Element | null {
  const { status, isLate, handler } = panel;
  if (status.stopped) {
    return (
      <p class="bar">
        {words.refused[status.stopped.code] ?? words.stopped}{" "}
        <button onClick={() => void panel.connect()}>{words.connect}</button>
      </p>
    );
  }
  return handler.session && isLate ? <p class="bar">{words.reconnecting}</p> : null;
}

/** Tells a screen reader of new messages and of nothing else: not of history, nor of a reply while it grows. */
function News({ panel }: { panel: Panel }): JSX.Element {
  return (
    <div role="log" class="hidden" aria-label={words.newMessages}>
      {panel.news.map(({ message_id, sender, content }) => (
        <p key={message_id}>{words.announced(sender.name, words.said(content))}</p>
      ))}
    </div>
  );
}

function failure({ code, retryable }: ChatError): string {
  if (retryable) return words.failed;
  // Any other fault is in what the page around us says of the person.
  return words.notOpened[code] ?? words.stranger;
}
