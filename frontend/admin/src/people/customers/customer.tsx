import { dayHeading, fullTime, longAgo } from "@fireside/shared/format/times";
import type { Conversation } from "@fireside/shared/protocol";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { LastSeen } from "../../desk/conversations/header";
import { useLive, usePresence } from "../../app/context";
import { Avatar, PresenceDot } from "../../ui/avatar";
import { useNow } from "../../ui/clock";
import { words } from "../../app/words";
import { Team } from "../team/team";

/** The facts about the customer and this conversation. */
export function CustomerDetails({ conversation }: { conversation: Conversation }) {
  const { api } = useLive();
  const presence = usePresence(conversation.customer.id);
  const now = useNow();
  const inboxes = useQuery({ queryKey: ["inboxes"], queryFn: ({ signal }) => api.inboxes(signal) });
  const { customer, status, assignee, inbox_id, created_at, updated_at } = conversation;
  const inbox = inboxes.data?.find(({ id }) => id === inbox_id);
  const started = Date.parse(created_at);
  const changed = Date.parse(updated_at);
  return (
    <div className="customer">
      <div className="customer-card">
        <Avatar name={customer.name} />
        <div>
          <h2 dir="auto">{customer.name}</h2>
          <p>
            <PresenceDot status={presence?.status} />
            <LastSeen presence={presence} />
          </p>
        </div>
      </div>
      <dl className="facts">
        <Fact label={words.customer.email}>
          {customer.email ? (
            <a href={`mailto:${customer.email}`}>{customer.email}</a>
          ) : (
            words.customer.noEmail
          )}
        </Fact>
        <Fact label={words.customer.customerNumber}>{customer.id}</Fact>
      </dl>
      <h3>{words.customer.conversation}</h3>
      <dl className="facts">
        <Fact label={words.customer.status}>{words.customer[status]}</Fact>
        <Fact label={words.customer.assignee}>{assignee?.name ?? words.customer.nobody}</Fact>
        {inbox && <Fact label={words.customer.inbox}>{inbox.name}</Fact>}
        <Fact label={words.customer.started}>
          <time dateTime={created_at} title={fullTime(started, words.language)}>
            {dayHeading(started, now, words.language)}
          </time>
        </Fact>
        <Fact label={words.customer.lastActivity}>
          <time dateTime={updated_at} title={fullTime(changed, words.language)}>
            {longAgo(changed, now, words.language)}
          </time>
        </Fact>
      </dl>
      <Team />
    </div>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd dir="auto">{children}</dd>
    </div>
  );
}
