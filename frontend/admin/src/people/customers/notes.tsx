import { fullTime, longAgo } from "@fireside/shared/format/times";
import type { Conversation } from "@fireside/shared/protocol";
import type { CustomerCard, CustomerNote } from "@fireside/shared/protocol/rest";
import { useState } from "react";
import { Button } from "react-aria-components";
import { useNow } from "../../ui/clock";
import { IconButton } from "../../ui/icon-button";
import { DeleteIcon, PencilIcon } from "../../ui/icons";
import { language } from "../../ui/language";
import { useCardChange } from "./queries";
import { usePeople } from "../people";
import { NoteForm } from "./notes-form";
import { words } from "./notes-words";
import "./notes.css";

interface CustomerNotesProps {
  conversation: Conversation;
  card: CustomerCard;
}

/** What agents have written down about the person, for each other. */
export function CustomerNotes({ conversation, card }: CustomerNotesProps) {
  const [isAdding, setAdding] = useState(false);
  return (
    <>
      <h3>{words.title}</h3>
      {card.notes.length === 0 && <p className="customer-notes-hint">{words.hint}</p>}
      <ul className="customer-notes" aria-label={words.title}>
        {card.notes.map((note) => (
          <li key={note.id} className="customer-note">
            <Note conversation={conversation} note={note} />
          </li>
        ))}
      </ul>
      {isAdding ? (
        <NoteForm conversation={conversation} onDone={() => setAdding(false)} />
      ) : (
        <Button className="button quiet small" onPress={() => setAdding(true)}>
          {words.add}
        </Button>
      )}
    </>
  );
}

function Note({ conversation, note }: { conversation: Conversation; note: CustomerNote }) {
  const { agent } = usePeople();
  const now = useNow();
  const [isEditing, setEditing] = useState(false);
  const [isSure, setSure] = useState(false);
  const { mutate, isPending, isError } = useCardChange(conversation);
  const { id, author, text, created_at, edited_at } = note;
  const at = Date.parse(created_at);
  if (isEditing) return <NoteForm conversation={conversation} note={note} onDone={() => setEditing(false)} />;
  return (
    <>
      <p dir="auto">{text}</p>
      <footer>
        <span>
          <bdi>{author.name}</bdi>
          {" · "}
          <time dateTime={created_at} title={fullTime(at, language)}>
            {longAgo(at, now, language)}
          </time>
          {edited_at && ` · ${words.edited}`}
        </span>
        {isSure ? (
          <Button
            className="link"
            autoFocus
            isDisabled={isPending}
            onPress={() => mutate({ method: "DELETE", path: `/notes/${id}` })}
            onBlur={() => setSure(false)}
          >
            {words.sure}
          </Button>
        ) : (
          (author.id === agent.id || agent.is_admin) && (
            <>
              <IconButton label={words.change(author.name)} onPress={() => setEditing(true)}>
                <PencilIcon />
              </IconButton>
              <IconButton label={words.remove(author.name)} onPress={() => setSure(true)}>
                <DeleteIcon />
              </IconButton>
            </>
          )
        )}
      </footer>
      {isError && (
        <p className="problem" role="alert">
          {words.failed}
        </p>
      )}
    </>
  );
}
