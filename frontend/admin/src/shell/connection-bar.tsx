import type { ChatStatus } from "@fireside/shared/chat";
import { Button } from "react-aria-components";
import { useDelayed } from "../ui/notice";
import { words } from "./words";
import "./connection-bar.css";

/** Nothing while all is well; a short break is not worth a word either. */
export function ConnectionBar({ status }: { status: ChatStatus }) {
  const late = useDelayed(status.state !== "connected", 2000);
  if (status.stopped) {
    return (
      <div className="connection-bar" role="alert" data-stopped>
        <span>{explain(status.stopped.code)}</span>
        <Button className="button small" onPress={() => location.reload()}>
          {words.connection.reload}
        </Button>
      </div>
    );
  }
  const blocked = status.transport === "poll";
  return (
    <div role="status">
      {blocked && <p className="connection-bar">{words.connection.fallback}</p>}
      {late && !blocked && <p className="connection-bar">{words.connection.reconnecting}</p>}
    </div>
  );
}

function explain(code: number): string {
  const { stopped } = words.connection;
  if (code === 4406) return stopped.version;
  if (code === 4409) return stopped.connections;
  return stopped.other;
}
