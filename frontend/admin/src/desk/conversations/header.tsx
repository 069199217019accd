import { longAgo } from "@fireside/shared/format/times";
import type { Conversation, Presence } from "@fireside/shared/protocol";
import { Button } from "react-aria-components";
import { Link } from "wouter";
import { PresenceDot } from "../../ui/avatar";
import { PHONE, useMediaQuery } from "../../ui/browser";
import { useNow } from "../../ui/clock";
import { IconToggle } from "../../ui/icon-button";
import { AssignIcon, BackIcon, CheckIcon, PersonIcon, ReopenIcon, UnassignIcon } from "../../ui/icons";
import { words } from "../../app/words";

interface HeaderProps {
  conversation: Conversation;
  presence: Presence | undefined;
  ownId: number;
  back: string;
  detailsShown: boolean;
  onDetails(shown: boolean): void;
  onAssign(agentId: number | null): void;
  onStatus(status: Conversation["status"]): void;
  problem: string | undefined;
}

export function ConversationHeader(props: HeaderProps) {
  const { conversation, presence, ownId, back, detailsShown, onDetails, onAssign, onStatus, problem } = props;
  const { customer, assignee, status } = conversation;
  // Beside the list, which has the page's first heading; alone on a phone, this is it.
  const Heading = useMediaQuery(PHONE) ? "h1" : "h2";
  const isMine = assignee?.id === ownId;
  const assigning = isMine
    ? words.conversation.unassign
    : assignee
      ? words.conversation.takeOver
      : words.conversation.assignToMe;
  return (
    <header className="conversation-header">
      <Link className="icon-button back" href={back} aria-label={words.conversation.back}>
        <BackIcon />
      </Link>
      <div className="conversation-who">
        <Heading dir="auto">{customer.name}</Heading>
        <p>
          <PresenceDot status={presence?.status} />
          <LastSeen presence={presence} />
          {assignee && !isMine && (
            <span className="with">{words.conversation.assignedTo(assignee.name)}</span>
          )}
        </p>
      </div>
      <div className="conversation-actions">
        <Button
          className="button quiet"
          aria-label={assigning}
          onPress={() => onAssign(isMine ? null : ownId)}
        >
          {/* On a phone the customer's name needs the room. */}
          <span className="phone-only">{isMine ? <UnassignIcon /> : <AssignIcon />}</span>
          <span className="wide-only">{assigning}</span>
        </Button>
        <Button
          className="button quiet"
          aria-label={status === "open" ? words.conversation.close : words.conversation.reopen}
          onPress={() => onStatus(status === "open" ? "closed" : "open")}
        >
          {status === "open" ? <CheckIcon /> : <ReopenIcon />}
          <span className="wide-only">
            {status === "open" ? words.conversation.close : words.conversation.reopen}
          </span>
        </Button>
        <IconToggle
          label={words.conversation.details}
          shortcut="I"
          isSelected={detailsShown}
          onChange={onDetails}
        >
          <PersonIcon />
        </IconToggle>
      </div>
      <p className="conversation-problem" role="alert">
        {problem}
      </p>
    </header>
  );
}

/** Presence in words: here now, or since when not. */
export function LastSeen({ presence }: { presence: Presence | undefined }) {
  const now = useNow();
  if (!presence) return null;
  if (presence.status === "offline") {
    if (!presence.last_seen) return <span>{words.presence.offline}</span>;
    const at = Date.parse(presence.last_seen);
    return (
      <span>{words.presence.lastSeen(now - at < 60_000 ? undefined : longAgo(at, now, words.language))}</span>
    );
  }
  return (
    <span>{presence.status === "online" ? words.presence.onlineNow : words.presence[presence.status]}</span>
  );
}
