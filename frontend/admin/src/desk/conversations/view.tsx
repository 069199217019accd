import type { Room } from "@fireside/shared/log/room";
import type { Conversation } from "@fireside/shared/protocol";
import { messageAt } from "@fireside/shared/log/lane";
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { usePeople } from "../../people/people";
import { usePresence } from "../../people/presence/presence";
import { Composer } from "../../talk/composer/composer";
import { BegunElsewhere } from "../../talk/drafts/begun-elsewhere";
import { useDraft } from "../../talk/drafts/use-draft";
import { missedSince } from "../../talk/guard/guard";
import { MissedCard } from "../../talk/guard/missed-card";
import { useGuard } from "../../talk/guard/use-guard";
import { Announcer } from "../../talk/messages/announcer";
import { Messages, type MessagesHandle } from "../../talk/messages/messages";
import { useTalk } from "../../talk/talk";
import { TypingLine } from "../../talk/typing/typing-line";
import { useStatus } from "../../ui/chat";
import type { ConversationChange } from "@fireside/shared/protocol/rest";
import { ClosedNote } from "../closing/closed-note";
import { SnoozedBar } from "../snoozing/snoozed-bar";
import { modeOf, useLooking } from "../viewers/use-looking";
import { ConversationHeader } from "./header";
import { words } from "./words";

interface ViewProps {
  conversation: Conversation;
  room: Room;
  back: string;
  detailsShown: boolean;
  onDetails(shown: boolean): void;
  onChange(change: ConversationChange): void;
  /** The last change did not reach the server. */
  changeFailed: boolean;
}

/** One conversation, for as long as it is on the screen. */
export function ConversationView(props: ViewProps) {
  const { conversation, room, back, detailsShown, onDetails, onChange, changeFailed } = props;
  const { agent } = usePeople();
  const { drafts } = useTalk();
  const presence = usePresence(conversation.customer.id);
  const status = useStatus();
  const view = useSyncExternalStore(room.subscribe, room.getView);
  const guard = useGuard(room, view);
  const messages = useRef<MessagesHandle>(null);
  const [mode, setMode] = useState(() => modeOf(drafts.get(conversation.id)));
  useDraft(conversation.id, (draft) => setMode(modeOf(draft)));
  useLooking(conversation.id, view.isJoined && status.state === "connected", mode);
  const typists = view.conversation.typing.filter(({ user_id }) => user_id !== agent.id);

  useEffect(() => () => room.typing.stop(), [room]);

  return (
    <>
      <ConversationHeader
        conversation={conversation}
        presence={presence}
        back={back}
        detailsShown={detailsShown}
        onDetails={onDetails}
        onChange={onChange}
        problem={changeFailed ? words.actionFailed : undefined}
      />
      <SnoozedBar conversation={conversation} onWake={() => onChange({ status: "open" })} />
      <Messages ref={messages} room={room} view={view} isOffline={status.state !== "connected"} />
      <TypingLine names={typists.map(({ user_name }) => user_name)} />
      <Announcer view={view} ownId={agent.id} />
      {guard.since && (
        <MissedCard
          missed={missedSince(guard.since, view.conversation, agent.id)}
          onPutAway={guard.putAway}
        />
      )}
      <BegunElsewhere conversationId={conversation.id} />
      {conversation.status !== "closed" ? (
        <Composer
          conversation={conversation}
          ownId={agent.id}
          find={(lane, seq) => messageAt(view.conversation.lanes[lane], seq)}
          onEditNewest={() => messages.current?.editNewest() ?? false}
          customerName={conversation.customer.name}
          draft={drafts.get(conversation.id)}
          onDraft={(draft) => {
            drafts.set(conversation.id, draft);
            setMode(modeOf(draft));
          }}
          onTyping={(isTyping) => (isTyping ? room.typing.typed() : room.typing.stop())}
          onSend={(message) => {
            guard.send(message, drafts.idOf(conversation.id));
            drafts.sent(conversation.id);
          }}
          isOffline={status.state !== "connected"}
        />
      ) : (
        <ClosedNote onReopen={() => onChange({ status: "open" })} />
      )}
    </>
  );
}
