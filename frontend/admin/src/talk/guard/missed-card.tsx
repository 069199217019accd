import type { Message } from "@fireside/shared/log/lane";
import { Button } from "react-aria-components";
import { LockIcon } from "../../ui/icons";
import { viewOf } from "../contents/views";
import { words } from "./words";
import "./missed-card.css";

/** Enough to see what it is about; all of it stands above in the conversation. */
const SHOWN = 3;

interface MissedCardProps {
  missed: readonly Message[];
  onPutAway(): void;
}

/** What colleagues wrote while this agent did, above the draft that has not seen it. */
export function MissedCard({ missed, onPutAway }: MissedCardProps) {
  const names = [...new Set(missed.map(({ sender }) => sender.name))];
  return (
    <section className="missed-card" role="status" aria-labelledby="missed-card">
      <h3 id="missed-card">{names.length > 0 ? words.title(names) : words.somebody}</h3>
      {missed.length > 0 && (
        <ul>
          {missed.slice(-SHOWN).map((message) => (
            <li key={message.client_msg_id} data-note={message.lane === "team" || undefined}>
              {message.lane === "team" && <LockIcon />}
              {message.lane === "team" && <span className="visually-hidden">{words.note}</span>}
              <strong dir="auto">{message.sender.name}</strong>{" "}
              <bdi>{viewOf(message.content).preview(message.content)}</bdi>
            </li>
          ))}
        </ul>
      )}
      <p className="missed-next">
        <span>{words.next}</span>
        <Button className="button quiet" onPress={onPutAway}>
          {words.putAway}
        </Button>
      </p>
    </section>
  );
}
