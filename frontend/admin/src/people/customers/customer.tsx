import type { Conversation } from "@fireside/shared/protocol";
import { Avatar } from "../../ui/avatar";
import { Fact, Facts } from "../../ui/facts";
import { usePresence } from "../presence/presence";
import { PresenceLine } from "../presence/presence-line";
import { words } from "./words";
import "./customer.css";

/** The customer: name, whether they are here, and what is known of them. */
export function Customer({ conversation: { customer } }: { conversation: Pick<Conversation, "customer"> }) {
  const presence = usePresence(customer.id);
  return (
    <>
      <div className="customer-card">
        <Avatar name={customer.name} />
        <div>
          <h2 dir="auto">{customer.name}</h2>
          <PresenceLine presence={presence} />
        </div>
      </div>
      <Facts>
        <Fact label={words.email}>
          {customer.email ? <a href={`mailto:${customer.email}`}>{customer.email}</a> : words.noEmail}
        </Fact>
        <Fact label={words.number}>{customer.id}</Fact>
      </Facts>
    </>
  );
}
