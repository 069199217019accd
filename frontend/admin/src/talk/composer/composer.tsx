import { isComposing } from "@fireside/shared/format/composing";
import { isBlank } from "@fireside/shared/format/text";
import type { Message } from "@fireside/shared/log/lane";
import { type NewMessage, textMessage, withText } from "@fireside/shared/log/new-message";
import { type Conversation, TEXT_CHARS, type LaneName } from "@fireside/shared/protocol";
import {
  type ClipboardEvent,
  type KeyboardEvent,
  useDeferredValue,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { Button, ToggleButton, ToggleButtonGroup } from "react-aria-components";
import { isWatched } from "../../ui/browser";
import { LockIcon, SendIcon } from "../../ui/icons";
import { Formatted } from "../contents/text";
import { Answering } from "../replies/quote";
import { useTalkSlots } from "../slots";
import { onFormatKey, rewrite } from "./formatting";
import { useComposer } from "./handle";
import { pastedMarkdown } from "./pasted";
import { written } from "./written";
import { words } from "./words";
import "./composer.css";

const LINES = 8;
/** From here on the composer says how much room is left. */
const NEARLY_FULL = TEXT_CHARS - 500;

interface ComposerProps {
  conversation: Conversation;
  customerName: string;
  ownId: number;
  /** A message of the conversation, as far as it is loaded. */
  find(lane: LaneName, seq: number): Message | undefined;
  /** Edits the agent's newest message; tells whether there is one to edit. */
  onEditNewest(): boolean;
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
      change(moved(draft, { ...draft, ...wanted }, wanted));
      field.current?.focus();
    },
    take: setDraft,
    isBusy: () => isWatched() && document.activeElement === field.current,
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
      onSend({ ...draft, content: written(text.trim()) });
      change(textMessage("", draft.lane));
    } catch {
      setFull(true);
    }
  }

  function cancelReply(): void {
    const { reply_to: _, ...rest } = draft;
    change(rest);
    field.current?.focus();
  }

  /** Lists and links that come as rich text stay so; whatever is pasted as plain text stays as it is. */
  function onPaste(event: ClipboardEvent<HTMLTextAreaElement>): void {
    const html = event.clipboardData.getData("text/html");
    const source = html && pastedMarkdown(html);
    if (!source) return;
    event.preventDefault();
    const { value, selectionStart, selectionEnd } = event.currentTarget;
    const at = selectionStart + source.length;
    const pasted = value.slice(0, selectionStart) + source + value.slice(selectionEnd);
    rewrite(event.currentTarget, { text: pasted, start: at, end: at });
  }

  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>): void {
    if (isComposing(event.nativeEvent) || keys.current?.(event) || onFormatKey(event)) return;
    if (event.key === "ArrowUp" && text === "" && props.onEditNewest()) return event.preventDefault();
    if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      send();
    }
    if (event.key === "Escape" && draft.reply_to !== undefined) return cancelReply();
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
        onSelectionChange={([chosen]) => change(moved(draft, { ...draft, lane: chosen as LaneName }))}
      >
        <ToggleButton id="public">{words.reply}</ToggleButton>
        <ToggleButton id="team">
          <LockIcon />
          {words.note}
        </ToggleButton>
      </ToggleButtonGroup>
      {draft.reply_to !== undefined && (
        <Answering
          message={props.find(draft.lane, draft.reply_to)}
          ownId={props.ownId}
          onCancel={cancelReply}
        />
      )}
      <Preview text={text} />
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
          onPaste={onPaste}
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

/** A text with a form as it will look; nothing for a plain one. */
function Preview({ text }: { text: string }) {
  const source = useDeferredValue(text);
  if (written(source).format !== "markdown") return null;
  return (
    <div className="composer-preview" role="group" aria-label={words.preview} dir="auto">
      <Formatted source={source} />
    </div>
  );
}

/** A reply is to a message of its lane: in the other lane it would be one to something else. */
function moved(before: NewMessage, after: NewMessage, wanted: Partial<NewMessage> = {}): NewMessage {
  if (after.lane === before.lane || wanted.reply_to !== undefined) return after;
  const { reply_to: _, ...rest } = after;
  return rest;
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
