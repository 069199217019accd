import { useRef, useState } from "react";
import { Button } from "react-aria-components";
import { Link, useLocation } from "wouter";
import { useDesk } from "../desk/desk";
import { words as notificationWords } from "../desk/notifications/words";
import { usePeople } from "../people/people";
import { BRAND } from "../ui/brand";
import { PHONE, useMediaQuery } from "../ui/browser";
import { BellIcon, ChatIcon, SearchIcon } from "../ui/icons";
import { useIdle } from "../ui/idle";
import { useKeyName } from "../ui/keymap";
import { AgentFace } from "./agent-face";
import { palette } from "./commands";
import type { AppRoute } from "./slots";
import { words } from "./words";
import "./rail.css";

interface RailProps {
  routes: readonly Omit<AppRoute, "path">[];
  current: string;
  onPalette(): void;
  onHelp(): void;
}

/** The app's places and oneself: at the side, or below on a phone. */
export function Rail({ routes, current, onPalette, onHelp }: RailProps) {
  const { agent, session } = usePeople();
  const { sound } = useDesk();
  const [isMuted, setMuted] = useState(sound.muted);
  const [problem, setProblem] = useState<string>();
  const isPhone = useMediaQuery(PHONE);
  // Menus are the largest part of what the first view does not need.
  const [isMenuWanted, setMenuWanted] = useState(false);
  const menu = useIdle(() => import("./agent-menu"), isMenuWanted);
  const [isBellWanted, setBellWanted] = useState(false);
  const bell = useIdle(() => import("../desk/notifications/bell"), isBellWanted);
  const paletteKey = useKeyName(palette);
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
      <button type="button" className="rail-item" aria-label={words.palette.title} onClick={onPalette}>
        <SearchIcon />
        <span className="rail-word">
          {words.palette.short}
          <kbd className="keyboard-only">{paletteKey}</kbd>
        </span>
      </button>
      {bell ? (
        <bell.Bell placement={isPhone ? "top end" : "right bottom"} isOpenAtFirst={isBellWanted} />
      ) : (
        <Button
          className="rail-item"
          aria-label={notificationWords.title}
          onPress={() => setBellWanted(true)}
        >
          <BellIcon />
          <span className="rail-word" aria-hidden="true">
            {notificationWords.title}
          </span>
        </Button>
      )}
      {menu ? (
        <menu.AgentMenu
          agent={agent}
          placement={isPhone ? "top end" : "right bottom"}
          isOpenAtFirst={isMenuWanted}
          isMuted={isMuted}
          onMuted={(muted) => {
            sound.muted = muted;
            setMuted(muted);
          }}
          onHelp={onHelp}
          onSignOut={() => attempt(session.logout(), words.signOutFailed)}
          onProblem={setProblem}
        />
      ) : (
        <Button className="agent-button" onPress={() => setMenuWanted(true)}>
          <AgentFace agent={agent} />
        </Button>
      )}
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
