import { asChatError } from "@fireside/shared/line/errors";
import type { CannedReply } from "@fireside/shared/protocol/rest";
import { type FormEvent, type KeyboardEvent, useRef, useState } from "react";
import { Button, Input, Label, Switch, Text, TextArea, TextField } from "react-aria-components";
import { useDesk } from "../desk";
import { PLACEHOLDERS } from "./placeholders";
import { words } from "./words";

/** A canned reply as it is written: a new one, or one that is there. */
export function CannedForm({ reply, onDone }: { reply?: CannedReply; onDone(): void }) {
  const { canned } = useDesk();
  const [title, setTitle] = useState(reply?.title ?? "");
  const [text, setText] = useState(reply?.text ?? "");
  const [shortcut, setShortcut] = useState(reply?.shortcut ?? "");
  const [isShared, setShared] = useState(reply?.is_shared ?? true);
  const [problem, setProblem] = useState<string>();
  const [isSaving, setSaving] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const isWhole = title.trim() !== "" && text.trim() !== "";

  async function save(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (!isWhole || isSaving) return;
    setSaving(true);
    setProblem(undefined);
    try {
      await canned.save(
        { title, text, shortcut: shortcut.replace(/^\//, ""), is_shared: isShared },
        reply?.id,
      );
      onDone();
    } catch (error) {
      const { retryable, message } = asChatError(error);
      setProblem(retryable || message === "" ? words.unreachable : message);
      setSaving(false);
    }
  }

  function putIn(name: string): void {
    const { selectionStart = text.length, selectionEnd = text.length } = field.current ?? {};
    const otherwise = name === "customer.first_name" ? "|there" : "";
    setText(`${text.slice(0, selectionStart)}{{${name}${otherwise}}}${text.slice(selectionEnd)}`);
    field.current?.focus();
  }

  return (
    <form
      className="canned-form"
      aria-label={reply ? words.editReply : words.newReply}
      onSubmit={(event) => void save(event)}
      onKeyDown={(event: KeyboardEvent) => event.key === "Escape" && onDone()}
    >
      <TextField className="field" value={title} onChange={setTitle} maxLength={100} isRequired autoFocus>
        <Label>{words.name}</Label>
        <Input />
      </TextField>
      <TextField className="field" value={text} onChange={setText} maxLength={5000} isRequired>
        <Label>{words.text}</Label>
        <TextArea ref={field} rows={5} dir="auto" />
      </TextField>
      <div className="canned-placeholders">
        <p>{words.placeholders}</p>
        {PLACEHOLDERS.map((name) => (
          <Button key={name} className="tag" onPress={() => putIn(name)}>
            {name}
          </Button>
        ))}
        <p>{words.fallback}</p>
      </div>
      <TextField className="field" value={shortcut} onChange={setShortcut} maxLength={41}>
        <Label>{words.shortcut}</Label>
        <Input />
        <Text slot="description" className="muted">
          {words.shortcutHint}
        </Text>
      </TextField>
      <Switch className="switch" isSelected={isShared} onChange={setShared}>
        <span className="switch-track" />
        <span>
          {words.share}
          <small>{words.shareHint}</small>
        </span>
      </Switch>
      <p className="canned-problem" role="alert">
        {problem}
      </p>
      <div className="canned-buttons">
        <Button type="submit" className="button primary" isDisabled={!isWhole || isSaving}>
          {words.save}
        </Button>
        <Button className="button" onPress={onDone}>
          {words.cancel}
        </Button>
      </div>
    </form>
  );
}
