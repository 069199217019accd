import type { PresenceStatus } from "@fireside/shared/protocol";
import { useRef, useState } from "react";
import { Link, useLocation } from "wouter";
import { useDesk } from "../desk/desk";
import { usePeople } from "../people/people";
import { BRAND } from "../ui/brand";
import { PHONE, useMediaQuery } from "../ui/browser";
import { ChatIcon } from "../ui/icons";
import { AgentMenu } from "./agent-menu";
import type { AppRoute } from "./slots";
import { words } from "./words";
import "./rail.css";

interface RailProps {
  routes: readonly Omit<AppRoute, "path">[];
  current: string;
  status: PresenceStatus;
  onStatus(status: PresenceStatus): Promise<unknown>;
  onHelp(): void;
}

/** The app's places and oneself: at the side, or below on a phone. */
export function Rail({ routes, current, status, onStatus, onHelp }: RailProps) {
  const { agent, session } = usePeople();
  const { sound } = useDesk();
  const [isMuted, setMuted] = useState(sound.muted);
  const [problem, setProblem] = useState<string>();
  const isPhone = useMediaQuery(PHONE);
  const hrefOf = useReturning(current);

  function attempt(action: Promise<unknown>, explanation: string): void {
    setProblem(undefined);
    action.catch(() => setProblem(explanation));
  }

  return (
    <nav className="rail" aria-label={words.places}>
      <span className="brand-mark" title={BRAND} aria-hidden="true">
        <ChatIcon />
      </span>
      {routes.map(
        ({ id, icon: Icon, title, home }) =>
          Icon && (
            <Link
              key={id}
              className="rail-item"
              href={hrefOf(id, home)}
              aria-current={id === current ? "page" : undefined}
            >
              <Icon />
              <span className="rail-word">{title}</span>
            </Link>
          ),
      )}
      <AgentMenu
        agent={agent}
        status={status}
        placement={isPhone ? "top end" : "right bottom"}
        onStatus={(wanted) => attempt(onStatus(wanted), words.statusFailed)}
        isMuted={isMuted}
        onMuted={(muted) => {
          sound.muted = muted;
          setMuted(muted);
        }}
        onHelp={onHelp}
        onSignOut={() => attempt(session.logout(), words.signOutFailed)}
      />
      <p className="rail-problem" role="alert">
        {problem}
      </p>
    </nav>
  );
}

/** A place is left and come back to as it was; its own link, pressed while there, leads to its beginning. */
function useReturning(current: string): (id: string, home: string) => string {
  const [path] = useLocation();
  const left = useRef(new Map<string, string>());
  left.current.set(current, path + location.search);
  return (id, home) => (id === current ? home : (left.current.get(id) ?? home));
}
