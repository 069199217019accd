import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Panel } from "./panel";
import { words } from "./words";

/** So many announcements stay, for a reader that comes a little late. */
const KEPT = 3;

/** Tells a screen reader of new messages and of nothing else: not of history, nor of a reply while it grows. */
export function Announcer({ panel }: { panel: Panel }): JSX.Element {
  const [said, setSaid] = useState<{ key: string; text: string }[]>([]);
  useEffect(
    () =>
      panel.handler.onMessageReceived(({ content, sender, message_id }) => {
        if (content.type !== "text") return;
        const news = { key: message_id, text: words.said(sender.name, content.text) };
        setSaid((before) => [...before, news].slice(-KEPT));
      }),
    [panel],
  );
  return (
    <div role="log" class="hidden" aria-label={words.newMessages}>
      {said.map(({ key, text }) => (
        <p key={key}>{text}</p>
      ))}
    </div>
  );
}
