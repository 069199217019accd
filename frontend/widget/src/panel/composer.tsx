import { asChatError, type Store, TEXT_CHARS } from "@fireside/shared";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon } from "./icons";
import type { Panel } from "./panel";
import { words } from "./words";

/** How near the limit of a message's length one is told of it. */
const WARN_CHARS = 500;

/** Where one writes. It is never disabled: offline, it queues. */
export function Composer({ panel, store }: { panel: Panel; store: Store }): JSX.Element {
  const draftKey = `fireside.draft.${panel.keeper.inboxKey}`;
  const [text, setText] = useState(() => store.get(draftKey) ?? "");
  const [isFull, setFull] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const left = TEXT_CHARS - [...text].length;
  const maySend = text.trim() !== "" && left >= 0;

  const change = (value: string): void => {
    setText(value);
    setFull(false);
    if (value) store.set(draftKey, value);
    else store.remove(draftKey);
    panel.handler.sendTyping(value.trim() !== "");
  };

  const send = (): void => {
    if (!maySend || !panel.handler.room) return;
    try {
      panel.handler.sendMessage(text.trim());
      change("");
    } catch (error) {
      setFull(asChatError(error).code === "outbox_full");
    }
  };

  useEffect(() => {
    if (panel.view.isOpen) field.current?.focus();
  }, [panel.view.isOpen]);

  // Grows with its text as far as the style sheet lets it.
  useLayoutEffect(() => {
    const { current } = field;
    if (!current) return;
    current.style.height = "auto";
    current.style.height = `${current.scrollHeight + 2}px`;
  }, [text]);

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {(isFull || left < WARN_CHARS) && (
        <p class="under" role="status">
          {isFull ? words.full : left < 0 ? words.tooLong(left) : left}
        </p>
      )}
      <textarea
        ref={field}
        rows={1}
        dir="auto"
        value={text}
        aria-label={words.message}
        placeholder={words.placeholder}
        enterkeyhint="send"
        onInput={(event) => change(event.currentTarget.value)}
        onKeyDown={(event) => {
          // Enter that ends a composition, as in Japanese, chooses a word and sends nothing.
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      <button type="submit" class="send" aria-label={words.send} disabled={!maySend}>
        <Icon name="send" />
      </button>
    </form>
  );
}
