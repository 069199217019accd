import { isBlank } from "@fireside/shared/format/text";
import { asChatError } from "@fireside/shared/line/errors";
import type { Conversation } from "@fireside/shared/protocol";
import type { CustomerNote } from "@fireside/shared/protocol/rest";
import { type FormEvent, useState } from "react";
import { Button, Label, TextArea, TextField } from "react-aria-components";
import { useCardChange } from "./queries";
import { words } from "./notes-words";

const NOTE_CHARS = 2000;

interface NoteFormProps {
  conversation: Conversation;
  /** Left out for a new one. */
  note?: CustomerNote;
  onDone(): void;
}

export function NoteForm({ conversation, note, onDone }: NoteFormProps) {
  const { mutateAsync, isPending } = useCardChange(conversation);
  const [text, setText] = useState(note?.text ?? "");
  const [problem, setProblem] = useState("");

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (isPending || isBlank(text)) return;
    try {
      await mutateAsync(
        note
          ? { method: "PATCH", path: `/notes/${note.id}`, body: { text } }
          : { method: "POST", path: "/notes", body: { text } },
      );
      onDone();
    } catch (error) {
      const { retryable, message } = asChatError(error);
      setProblem(retryable ? words.failed : message);
    }
  }

  return (
    <form className="customer-form" onSubmit={(event) => void submit(event)}>
      <TextField className="field" value={text} onChange={setText} maxLength={NOTE_CHARS} autoFocus>
        <Label>{words.text}</Label>
        <TextArea dir="auto" rows={3} />
      </TextField>
      <p className="problem" role="alert">
        {problem}
      </p>
      <div className="buttons">
        <Button type="submit" className="button primary small" isDisabled={isPending || isBlank(text)}>
          {words.save}
        </Button>
        <Button className="button small" onPress={onDone}>
          {words.cancel}
        </Button>
      </div>
    </form>
  );
}
