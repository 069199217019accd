import type { Conversation } from "@fireside/shared/protocol";
import type { CustomerCard, Known } from "@fireside/shared/protocol/rest";
import { type ReactNode, useState } from "react";
import { Button } from "react-aria-components";
import { Fact, Facts } from "../../ui/facts";
import { Skeleton } from "../../ui/notice";
import { CustomerNotes } from "./notes";
import { AttributeFacts } from "./attributes";
import { ContactForm } from "./contact-form";
import { DeviceFacts } from "./device";
import { OtherConversations } from "./others";
import { useCard } from "./queries";
import { words } from "./words";
import "./card.css";

/** What is known of a customer, by whose word, and what agents set right and note down. */
export function Card({ conversation }: { conversation: Conversation }) {
  const { data: card, isError, refetch } = useCard(conversation);
  if (card) return <Loaded conversation={conversation} card={card} />;
  if (!isError) return <Skeleton rows={3} label={words.loading} />;
  return (
    <p role="alert">
      {words.notLoaded}{" "}
      <Button className="link" onPress={() => void refetch()}>
        {words.again}
      </Button>
    </p>
  );
}

function Loaded({ conversation, card }: { conversation: Conversation; card: CustomerCard }) {
  const [isEditing, setEditing] = useState(false);
  return (
    <>
      {isEditing ? (
        <ContactForm conversation={conversation} card={card} onDone={() => setEditing(false)} />
      ) : (
        <>
          <Facts>
            <Fact label={words.name}>
              <Said known={card.name} />
            </Fact>
            <Fact label={words.email}>
              <Said known={card.email}>
                {card.email && <a href={`mailto:${card.email.value}`}>{card.email.value}</a>}
              </Said>
            </Fact>
            <Fact label={words.phone}>
              <Said known={card.phone}>
                {card.phone && (
                  <a href={`tel:${card.phone.value.replace(/[^+\d]/g, "")}`}>{card.phone.value}</a>
                )}
              </Said>
            </Fact>
            <Fact label={words.number}>{card.id}</Fact>
          </Facts>
          <Button className="link muted customer-edit" onPress={() => setEditing(true)}>
            {words.edit}
          </Button>
        </>
      )}
      <AttributeFacts attributes={card.attributes} />
      {card.device && <DeviceFacts device={card.device} />}
      <CustomerNotes conversation={conversation} card={card} />
      <OtherConversations conversations={card.conversations} />
    </>
  );
}

function Said({ known, children }: { known: Known | null; children?: ReactNode }) {
  if (!known) return <span className="muted">{words.noEmail}</span>;
  return (
    <>
      {children ?? known.value}
      {known.source && <small className="customer-source">{words.sources[known.source]}</small>}
    </>
  );
}
