import type { Conversation, Presence } from "@fireside/shared/protocol";
import { Button } from "react-aria-components";
import { Link } from "wouter";
import { PresenceLine } from "../../people/presence/presence-line";
import { PHONE, useMediaQuery } from "../../ui/browser";
import { IconToggle } from "../../ui/icon-button";
import { AssignIcon, BackIcon, CheckIcon, PersonIcon, ReopenIcon, UnassignIcon } from "../../ui/icons";
import { words } from "./words";
import "./header.css";

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
  const assigning = isMine ? words.unassign : assignee ? words.takeOver : words.assignToMe;
  return (
    <header className="conversation-header">
      <Link className="icon-button back" href={back} aria-label={words.back}>
        <BackIcon />
      </Link>
      <div className="conversation-who">
        <Heading dir="auto">{customer.name}</Heading>
        <PresenceLine presence={presence}>
          {assignee && !isMine && <span className="with">{words.assignedTo(assignee.name)}</span>}
        </PresenceLine>
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
          aria-label={status === "open" ? words.close : words.reopen}
          onPress={() => onStatus(status === "open" ? "closed" : "open")}
        >
          {status === "open" ? <CheckIcon /> : <ReopenIcon />}
          <span className="wide-only">{status === "open" ? words.close : words.reopen}</span>
        </Button>
        <IconToggle label={words.details.show} shortcut="I" isSelected={detailsShown} onChange={onDetails}>
          <PersonIcon />
        </IconToggle>
      </div>
      <p className="conversation-problem" role="alert">
        {problem}
      </p>
    </header>
  );
}
