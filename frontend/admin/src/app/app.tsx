import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { Button } from "react-aria-components";
import { Router } from "wouter";
import { BASE } from "../desk/conversations/address";
import { DeskProvider } from "../desk/desk";
import { DeskSlotsProvider } from "../desk/slots";
import { PeopleProvider } from "../people/people";
import type { Agent, Session } from "../people/sign-in/session";
import { PreferencesProvider } from "../settings/preferences";
import { Frame } from "../shell/frame";
import { ShellSlotsProvider } from "../shell/slots";
import { TalkSlotsProvider } from "../talk/slots";
import { TalkProvider } from "../talk/talk";
import { ChatProvider } from "../ui/chat";
import { WarningIcon } from "../ui/icons";
import { Notice, Skeleton } from "../ui/notice";
import { Live } from "./live";
import { deskSlots, shellSlots, talkSlots } from "./slots";
import { words } from "./words";
import "./app.css";

// Whoever stays signed in never sees it.
const Login = lazy(async () => ({ default: (await import("../people/sign-in/login")).Login }));

export function App({ session }: { session: Session }) {
  const state = useSyncExternalStore(session.subscribe, session.getState);
  switch (state.status) {
    case "restoring":
      return <Skeleton rows={0} label={words.restoring} />;
    case "unreachable":
      return (
        <main className="whole-page">
          <Notice
            role="alert"
            isPage
            icon={<WarningIcon />}
            title={words.unreachable}
            hint={words.unreachableHint}
          >
            <Button className="button" onPress={() => void session.restore()}>
              {words.retry}
            </Button>
          </Notice>
        </main>
      );
    case "signed_out":
      return (
        <Suspense fallback={<Skeleton rows={0} label={words.restoring} />}>
          <Login session={session} expired={state.expired} />
        </Suspense>
      );
    case "signed_in":
      return <SignedIn key={state.agent.id} session={session} agent={state.agent} />;
  }
}

/** One agent's time at the desk: what is live begins and ends with it. */
function SignedIn({ session, agent }: { session: Session; agent: Agent }) {
  const [live] = useState(() => new Live(session, agent));
  const [queries] = useState(makeQueryClient);
  // Of the same agent, who may have another name by now.
  const people = useMemo(() => ({ session, agent }), [session, agent]);
  useEffect(() => {
    live.start();
    return () => live.stop();
  }, [live]);
  return (
    <QueryClientProvider client={queries}>
      <ChatProvider value={live.client.chat}>
        <PreferencesProvider value={live.preferences}>
          <PeopleProvider value={people}>
            <TalkProvider value={live.talk}>
              <DeskProvider value={live.desk}>
                <TalkSlotsProvider value={talkSlots}>
                  <DeskSlotsProvider value={deskSlots}>
                    <ShellSlotsProvider value={shellSlots}>
                      <Router base={BASE}>
                        <Frame />
                      </Router>
                    </ShellSlotsProvider>
                  </DeskSlotsProvider>
                </TalkSlotsProvider>
              </DeskProvider>
            </TalkProvider>
          </PeopleProvider>
        </PreferencesProvider>
      </ChatProvider>
    </QueryClientProvider>
  );
}

/** Data once fetched stays true through the socket's events; it is not fetched again for a look at it. */
function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      // A browser that calls itself offline may still reach a server on its own network.
      queries: { staleTime: Infinity, gcTime: Infinity, retry: 2, networkMode: "always" },
      mutations: { networkMode: "always" },
    },
  });
}
