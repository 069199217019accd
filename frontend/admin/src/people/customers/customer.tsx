import type { Conversation } from "@fireside/shared/protocol";
import { Suspense } from "react";
import { Avatar } from "../../ui/avatar";
import { lazily } from "../../ui/lazily";
import { Skeleton } from "../../ui/notice";
import { usePresence } from "../presence/presence";
import { PresenceLine } from "../presence/presence-line";
import { words } from "./words";
import "./customer.css";

const Card = lazily<"Card", { conversation: Conversation }>(() => import("./card"), "Card");

/** The customer: name, whether they are here, and what is known of them. */
export function Customer({ conversation }: { conversation: Conversation }) {
  const { customer } = conversation;
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
      <Suspense fallback={<Skeleton rows={3} label={words.loading} />}>
        <Card key={conversation.id} conversation={conversation} />
      </Suspense>
    </>
  );
}
