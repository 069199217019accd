import { longAgo } from "@fireside/shared/format/times";
import type { Presence } from "@fireside/shared/protocol";
import type { ReactNode } from "react";
import { useNow } from "../../ui/clock";
import { language } from "../../ui/language";
import { words } from "./words";
import "./presence-line.css";

interface PresenceLineProps {
  presence: Presence | undefined;
  /** More about the same person, in the same line. */
  children?: ReactNode;
}

/** Presence as a shape and a colour and in words; nothing while it is not known. */
export function PresenceLine({ presence, children }: PresenceLineProps) {
  return (
    <p className="presence-line">
      {presence && (
        <>
          <span className="presence-dot" data-status={presence.status} aria-hidden="true" />
          <span className="visually-hidden">{words[presence.status]}</span>
          <LastSeen presence={presence} />
        </>
      )}
      {children}
    </p>
  );
}

/** Presence in words: here now, or since when not. */
function LastSeen({ presence: { status, last_seen } }: { presence: Presence }) {
  const now = useNow();
  if (status !== "offline") return <span>{status === "online" ? words.onlineNow : words[status]}</span>;
  if (!last_seen) return <span>{words.offline}</span>;
  const at = Date.parse(last_seen);
  return <span>{words.lastSeen(now - at < 60_000 ? undefined : longAgo(at, now, language))}</span>;
}
