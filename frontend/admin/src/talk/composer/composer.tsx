import { isComposing } from "@fireside/shared/format/composing";
import { isBlank } from "@fireside/shared/format/text";
import { type NewMessage, textMessage, withText } from "@fireside/shared/log/new-message";
import { type Conversation, TEXT_CHARS, type LaneName } from "@fireside/shared/protocol";
import { type KeyboardEvent, useImperativeHandle, useLayoutEffect, useRef, useState } from "react";
import { Button, ToggleButton, ToggleButtonGroup } from "react-aria-components";
import { LockIcon, SendIcon } from "../../ui/icons";
import { useTalkSlots } from "../slots";
import { useComposer } from "./handle";
import { words } from "./words";
import "./composer.css";

const LINES = 8;
/** From here on the composer says how much room is left. */
const NEARLY_FULL = TEXT_CHARS - 500;

interface ComposerProps {
  conversation: Conversation;
  customerName: string;
  draft: NewMessage;
  onDraft(draft: NewMessage): void;
  onTyping(isTyping: boolean): void;
  /** @throws {ChatError} `outbox_full`; the text then stays. */
  onSend(message: NewMessage): void;
  isOffline: boolean;
}

export function Composer(props: ComposerProps) {
  const { customerName, onDraft, onTyping, onSend, isOffline } = props;
  const [draft, setDraft] = useState(props.draft);
  const [isFull, setFull] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const { text } = draft.content;
  const isNote = draft.lane === "team";
  const length = text.length < NEARLY_FULL ? text.length : [...text].length;
  const { composerTools } = useTalkSlots();
  const keys = useRef<((event: KeyboardEvent) => boolean) | undefined>(undefined);
  const caret = useRef<number>(undefined);
  const refusal = composerTools.map(({ refuses }) => refuses?.(text)).find((one) => one !== undefined);
  const cannotSend = isBlank(text) || length > TEXT_CHARS || refusal !== undefined;

  useImperativeHandle(useComposer(), () => ({
    write(wanted) {
      change({ ...draft, ...wanted });
      field.current?.focus();
    },
  }));

  useLayoutEffect(() => {
    if (field.current) fit(field.current);
    if (caret.current === undefined) return;
    field.current?.setSelectionRange(caret.current, caret.current);
    caret.current = undefined;
  }, [text]);

  function change(next: NewMessage): void {
    setDraft(next);
    setFull(false);
    onDraft(next);
    // Nobody types a note to the customer.
    onTyping(next.lane === "public" && next.content.text !== "" && next.content.text !== text);
  }

  function replace(from: number, to: number, by: string): void {
    caret.current = from + by.length;
    change(withText(draft, text.slice(0, from) + by + text.slice(to)));
    field.current?.focus();
  }

  function send(): void {
    if (refusal) field.current?.setSelectionRange(refusal.from, refusal.to);
    if (cannotSend) return;
    try {
      onSend(withText(draft, text.trim()));
      change(textMessage("", draft.lane));
    } catch {
      setFull(true);
    }
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (isComposing(event.nativeEvent) || keys.current?.(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      send();
    }
    if (event.key === "Escape") field.current?.closest<HTMLElement>("[tabindex]")?.focus();
  }

  return (
    <form
      className="composer"
      data-note={isNote || undefined}
      onSubmit={(event) => {
        event.preventDefault();
        send();
        field.current?.focus();
      }}
    >
      <ToggleButtonGroup
        className="composer-modes"
        aria-label={words.mode}
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[draft.lane]}
        onSelectionChange={([chosen]) => change({ ...draft, lane: chosen as LaneName })}
      >
        <ToggleButton id="public">{words.reply}</ToggleButton>
        <ToggleButton id="team">
          <LockIcon />
          {words.note}
        </ToggleButton>
      </ToggleButtonGroup>
      {composerTools.map(({ id, View }) => (
        <View
          key={id}
          conversation={props.conversation}
          lane={draft.lane}
          text={text}
          field={field}
          replace={replace}
          keys={keys}
        />
      ))}
      <div className="composer-box">
        <textarea
          ref={field}
          className="composer-text"
          aria-label={isNote ? words.noteLabel : words.replyLabel(customerName)}
          aria-describedby="composer-hint"
          placeholder={isNote ? words.notePlaceholder : words.replyPlaceholder}
          rows={1}
          dir="auto"
          value={text}
          onChange={(event) => change(withText(draft, event.target.value))}
          onKeyDown={onKeyDown}
          onBlur={() => onTyping(false)}
        />
        <Button
          type="submit"
          className="button primary composer-send"
          aria-label={isNote ? words.addNote : words.send}
          isDisabled={cannotSend}
        >
          <SendIcon />
          <span>{isNote ? words.addNote : words.send}</span>
        </Button>
      </div>
      <p
        id="composer-hint"
        className="composer-hint"
        role="status"
        data-problem={isFull || length > TEXT_CHARS || refusal !== undefined || undefined}
      >
        {refusal?.why ?? hint(length, isFull, isOffline)}
      </p>
    </form>
  );
}

function hint(length: number, isFull: boolean, isOffline: boolean): string {
  if (isFull) return words.full;
  if (length > TEXT_CHARS) return words.tooLong(length - TEXT_CHARS);
  if (length > NEARLY_FULL) return words.left(TEXT_CHARS - length);
  return isOffline ? words.offline : words.hint;
}

/** As high as its text, up to eight lines; then it scrolls. */
function fit(field: HTMLTextAreaElement): void {
  const style = getComputedStyle(field);
  const padding = Number.parseFloat(style.paddingTop) + Number.parseFloat(style.paddingBottom);
  field.style.height = "auto";
  const most = Number.parseFloat(style.lineHeight) * LINES + padding;
  field.style.height = `${Math.min(field.scrollHeight, most)}px`;
  field.style.overflowY = field.scrollHeight > most ? "auto" : "hidden";
}
