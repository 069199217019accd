import { dayHeading, newestDelivery, publicTimeline, type Room, rows } from "@fireside/shared";
import { Fragment, h, type JSX } from "preact";
import { Bubble } from "./bubble";
import { Icon } from "./icons";
import type { Panel } from "./panel";
import type { Scroller } from "./scroller";
import * as words from "./words";

interface LogProps {
  room: Room;
  panel: Panel;
  scroller: Scroller;
}

/** The conversation. */
export function Log({ room, panel, scroller }: LogProps): JSX.Element {
  const { conversation, hasOlder, loadingOlder, phase } = room.view;
  const { session, client } = panel.handler;
  const me = session?.user.id;
  const items = publicTimeline(conversation);
  const delivery = newestDelivery(conversation, items, me, ["agent"]);
  const isOffline = panel.status.state !== "connected";
  const typists = conversation.typing.filter(({ role }) => role !== "customer");
  return (
    <div class="log">
      <div class="scroll" ref={scroller.attach} tabIndex={0} role="region" aria-label={words.conversation}>
        {hasOlder ? (
          <p class="notice">{loadingOlder && words.older}</p>
        ) : (
          phase === "ready" && (
            <p class="welcome bubble text" dir="auto">
              {session && (session.inbox.welcome || words.welcome)}
            </p>
          )
        )}
        <ol>
          {rows(items, me, panel.readLine).map((row) => (
            <Fragment key={row.key}>
              {row.startsDay && <li class="day">{dayHeading(row.item.at, Date.now(), words.language)}</li>}
              {row.startsNew && <li class="new">{words.newLine}</li>}
              <Bubble
                row={row}
                outbox={client?.outbox}
                me={me}
                isOffline={isOffline}
                delivery={delivery}
                panel={panel}
              />
            </Fragment>
          ))}
        </ol>
        {typists.length > 0 && <TypingBubble name={typists.map(({ user_name }) => user_name).join(", ")} />}
      </div>
      {scroller.hasNews && (
        <button class="to-end" onClick={scroller.toEnd}>
          <Icon name="down" /> {words.newMessages}
        </button>
      )}
    </div>
  );
}

/** The dots are for the eye; the name is for everyone. */
function TypingBubble({ name }: { name: string }): JSX.Element {
  return (
    <div class="message theirs typing">
      <span class="author">{words.typing(name)}</span>
      <span class="bubble dots" aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
    </div>
  );
}
