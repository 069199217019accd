import { dayHeading, fullTime } from "@fireside/shared/format/times";
import type { OtherConversation } from "@fireside/shared/protocol/rest";
import { Link } from "wouter";
import { useNow } from "../../ui/clock";
import { language } from "../../ui/language";
import { words } from "./words";

/** The other conversations of the same customer, as far as this agent sees them. */
export function OtherConversations({ conversations }: { conversations: readonly OtherConversation[] }) {
  const now = useNow();
  if (conversations.length === 0) return null;
  return (
    <>
      <h3>{words.others}</h3>
      <ul className="other-conversations" aria-label={words.others}>
        {conversations.map(({ id, status, created_at }) => {
          const began = Date.parse(created_at);
          return (
            <li key={id}>
              <Link href={`/c/${id}`} title={fullTime(began, language)}>
                {words.otherFrom(dayHeading(began, now, language))}
              </Link>
              <span className="muted">{words.statuses[status]}</span>
            </li>
          );
        })}
      </ul>
    </>
  );
}
