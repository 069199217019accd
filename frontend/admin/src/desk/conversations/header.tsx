import type { Presence } from "@fireside/shared/protocol";
import { Link } from "wouter";
import { usePeople } from "../../people/people";
import { PresenceLine } from "../../people/presence/presence-line";
import { PHONE, useMediaQuery } from "../../ui/browser";
import { BackIcon } from "../../ui/icons";
import { type HeaderActionProps, useDeskSlots } from "../slots";
import { words } from "./words";
import "./header.css";

interface HeaderProps extends HeaderActionProps {
  presence: Presence | undefined;
  back: string;
  problem: string | undefined;
}

export function ConversationHeader({ presence, back, problem, ...props }: HeaderProps) {
  const { customer, assignee, team } = props.conversation;
  const { agent } = usePeople();
  const { headerActions } = useDeskSlots();
  // Beside the list, which has the page's first heading; alone on a phone, this is it.
  const Heading = useMediaQuery(PHONE) ? "h1" : "h2";
  return (
    <header className="conversation-header">
      <Link className="icon-button back" href={back} aria-label={words.back}>
        <BackIcon />
      </Link>
      <div className="conversation-who">
        <Heading dir="auto">{customer.name}</Heading>
        <PresenceLine presence={presence}>
          {assignee && assignee.id !== agent.id && (
            <span className="with">{words.assignedTo(assignee.name)}</span>
          )}
          {team && <span className="with">{words.ofTeam(team.name)}</span>}
        </PresenceLine>
      </div>
      <div className="conversation-actions">
        {headerActions.map((Action, place) => (
          <Action key={place} {...props} />
        ))}
      </div>
      <p className="conversation-problem" role="alert">
        {problem}
      </p>
    </header>
  );
}
