import { dayHeading, fullTime, longAgo } from "@fireside/shared/format/times";
import type { Conversation } from "@fireside/shared/protocol";
import { useNow } from "../../ui/clock";
import { Fact, Facts } from "../../ui/facts";
import { language } from "../../ui/language";
import { useInboxes } from "./queries";
import { words } from "./words";

/** The facts about a conversation. */
export function ConversationFacts({ conversation }: { conversation: Conversation }) {
  const inboxes = useInboxes();
  const now = useNow();
  const { status, assignee, inbox_id, created_at, updated_at } = conversation;
  const inbox = inboxes?.find(({ id }) => id === inbox_id);
  const started = Date.parse(created_at);
  const changed = Date.parse(updated_at);
  return (
    <>
      <h3>{words.facts.title}</h3>
      <Facts>
        <Fact label={words.facts.status}>{words.facts[status]}</Fact>
        <Fact label={words.facts.assignee}>{assignee?.name ?? words.facts.nobody}</Fact>
        {inbox && <Fact label={words.facts.inbox}>{inbox.name}</Fact>}
        <Fact label={words.facts.started}>
          <time dateTime={created_at} title={fullTime(started, language)}>
            {dayHeading(started, now, language)}
          </time>
        </Fact>
        <Fact label={words.facts.lastActivity}>
          <time dateTime={updated_at} title={fullTime(changed, language)}>
            {longAgo(changed, now, language)}
          </time>
        </Fact>
      </Facts>
    </>
  );
}
