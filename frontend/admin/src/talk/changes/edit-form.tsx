import { isComposing } from "@fireside/shared/format/composing";
import { isBlank } from "@fireside/shared/format/text";
import type { Message } from "@fireside/shared/log/lane";
import { changeMessage } from "@fireside/shared/log/message-changes";
import { type TextContent, TEXT_CHARS } from "@fireside/shared/protocol";
import { asChatError } from "@fireside/shared/line/errors";
import { type KeyboardEvent, useLayoutEffect, useRef, useState } from "react";
import { Button } from "react-aria-components";
import { useMessageActions } from "../actions";
import { onFormatKey } from "../composer/formatting";
import { written } from "../composer/written";
import { words } from "./words";
import "./changes.css";

/** A message in its place, as a field. */
export function EditForm({ message, content }: { message: Message; content: TextContent }) {
  const { room, edit } = useMessageActions();
  const source = content.markdown ?? content.text;
  const [text, setText] = useState(source);
  const [problem, setProblem] = useState<string>();
  const [isSaving, setSaving] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const cannotSave = isBlank(text) || [...text].length > TEXT_CHARS || isSaving;

  useLayoutEffect(() => {
    field.current?.focus();
    field.current?.setSelectionRange(source.length, source.length);
  }, []);
  useLayoutEffect(() => {
    const { current } = field;
    if (!current) return;
    current.style.height = "auto";
    current.style.height = `${current.scrollHeight}px`;
  }, [text]);

  async function save(): Promise<void> {
    if (cannotSave) return;
    if (text.trim() === source) return edit(undefined);
    setSaving(true);
    setProblem(undefined);
    try {
      const { seq: target_seq, lane } = message;
      await changeMessage(room, { type: "edit_message", target_seq, lane, content: written(text.trim()) });
      edit(undefined);
    } catch (error) {
      const { code, message: why } = asChatError(error);
      setProblem(code === "forbidden" ? why : words.failed);
      setSaving(false);
    }
  }

  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>): void {
    if (isComposing(event.nativeEvent)) return;
    event.stopPropagation();
    if (onFormatKey(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      void save();
    }
    if (event.key === "Escape") edit(undefined);
  }

  return (
    <form
      className="edit-form"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <textarea
        ref={field}
        aria-label={words.label}
        aria-describedby={`edit-hint-${message.seq}`}
        dir="auto"
        rows={1}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <p id={`edit-hint-${message.seq}`} role={problem ? "alert" : undefined} data-problem={problem && true}>
        {problem ?? words.hint}
      </p>
      <span className="edit-buttons">
        <Button className="button" onPress={() => edit(undefined)}>
          {words.cancel}
        </Button>
        <Button className="button primary" type="submit" isDisabled={cannotSave}>
          {words.save}
        </Button>
      </span>
    </form>
  );
}
