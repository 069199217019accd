import type { JSX } from "preact";
import { useLasting } from "./hooks";
import type { Panel } from "./panel";
import { words } from "./words";

const PATIENCE_MS = 2_000;

/** Nothing while all is well; what is wrong, what is safe and what to do when it is not. */
export function Connection({ panel }: { panel: Panel }): JSX.Element | null {
  const { status, error } = panel.view;
  const isLost = useLasting(panel.handler.session !== undefined && status.state !== "connected", PATIENCE_MS);
  if (status.stopped) {
    return (
      <div class="bar" role="status">
        {words.refused[status.stopped.code] ?? words.stopped}{" "}
        <button type="button" onClick={() => panel.handler.client?.start()}>
          {words.connect}
        </button>
      </div>
    );
  }
  if (error && panel.handler.session === undefined) return null;
  return isLost ? (
    <div class="bar" role="status">
      {words.reconnecting}
    </div>
  ) : null;
}
