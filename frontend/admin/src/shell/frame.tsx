import { type RefObject, Suspense, useMemo, useRef, useState } from "react";
import { Route, Switch, useLocation, useRouter } from "wouter";
import { useDesk } from "../desk/desk";
import { UndoToast } from "../desk/undo/toast";
import { usePeople } from "../people/people";
import { usePreference } from "../settings/preferences";
import { MayBreak } from "../ui/broken";
import { useViewportHeight } from "../ui/browser";
import { useStatus } from "../ui/chat";
import type { Command } from "../ui/command";
import { useIdle } from "../ui/idle";
import { type Keymap, KeymapProvider, remap } from "../ui/keymap";
import { Skeleton } from "../ui/notice";
import { BrokenPage } from "./broken-page";
import type { PagePlace, Place } from "./commands";
import { ConnectionBar } from "./connection-bar";
import { type PaletteHandle, PaletteHost } from "./palette-host";
import { NOWHERE, PageProvider } from "./place";
import { Rail } from "./rail";
import { type AppRoute, useShellSlots } from "./slots";
import { useKeys } from "./use-keys";
import { words } from "./words";
import "./frame.css";

const NO_KEYS: Keymap = {};

/** The app of a signed-in agent: the rail, and the page that the address names. */
export function Frame() {
  const { agent } = usePeople();
  const { inbox, routes, commands: ownCommands } = useShellSlots();
  const [, go] = useLocation();
  const current = useCurrent(routes) ?? inbox;
  const page = useRef<(() => PagePlace) | undefined>(undefined);
  const [isHelpOpen, setHelpOpen] = useState(false);
  const palette = useRef<PaletteHandle>(null);
  const [singleKeys, setSingleKeys] = usePreference<boolean>("single-keys", true);
  const [keymap] = usePreference<Keymap>("keys", NO_KEYS);
  const commands = useMemo(() => remap(ownCommands, keymap), [ownCommands, keymap]);
  const shortcuts = useIdle(() => import("./shortcuts-dialog"), isHelpOpen);
  const { undo, choosing } = useDesk();

  useViewportHeight();
  useKeys(commands, singleKeys, run);

  function place(): Place {
    return {
      ...(page.current?.() ?? NOWHERE),
      agentId: agent.id,
      undo,
      choose: (chooser) => choosing.open(chooser),
      go,
      showHelp: () => setHelpOpen(true),
      togglePalette: () => palette.current?.toggle(),
    };
  }

  function run(command: Command<Place>): void {
    const here = place();
    if (command.when?.(here) ?? true) command.run(here);
  }

  return (
    <KeymapProvider value={keymap}>
      <PageProvider value={page as RefObject<(() => PagePlace) | undefined>}>
        <div className="frame">
          <a className="skip-link" href="#conversation">
            {words.skip}
          </a>
          <ConnectionBar status={useStatus()} />
          <div className="frame-body">
            <Rail
              routes={[inbox, ...routes]}
              current={current.id}
              onPalette={() => palette.current?.toggle()}
              onHelp={() => setHelpOpen(true)}
            />
            <MayBreak key={current.id} instead={<BrokenPage />}>
              <Suspense fallback={<Skeleton rows={0} label={words.opening} />}>
                <Switch>
                  {routes.map(({ id, path, component }) => (
                    <Route key={id} path={path} component={component} />
                  ))}
                  <Route component={inbox.component} />
                </Switch>
              </Suspense>
            </MayBreak>
          </div>
          <UndoToast />
          {shortcuts && (
            <shortcuts.ShortcutsDialog
              commands={commands}
              isOpen={isHelpOpen}
              onOpenChange={setHelpOpen}
              enabled={singleKeys}
              onEnabledChange={setSingleKeys}
            />
          )}
          <PaletteHost commands={commands} place={place} run={run} handle={palette} />
        </div>
      </PageProvider>
    </KeymapProvider>
  );
}

/** The route that the address names. */
function useCurrent(routes: readonly AppRoute[]): AppRoute | undefined {
  const { parser } = useRouter();
  const [path] = useLocation();
  return routes.find((route) => parser(route.path, false).pattern.exec(path) !== null);
}
