import type { Message } from "@fireside/shared/log/lane";
import { Button } from "react-aria-components";
import { CloseIcon } from "../../ui/icons";
import { viewOf } from "../contents/views";
import { words } from "./words";
import "./quote.css";

interface QuoteProps {
  /** The message that is answered; undefined while it is not loaded. */
  message: Message | undefined;
  ownId: number;
  onShow(): void;
}

/** Above an answer: who said what, as it reads now. It leads there. */
export function Quote({ message, ownId, onShow }: QuoteProps) {
  const name = message && (message.sender.id === ownId ? words.you : message.sender.name);
  const text = message && viewOf(message.content).preview(message.content);
  return (
    <Button
      className="quote"
      aria-label={message ? words.answers(name!, text!) : words.answers(words.earlier, words.show)}
      onPress={onShow}
    >
      {message ? (
        <>
          <b dir="auto">{message.sender.id === ownId ? capital(words.you) : message.sender.name}</b>
          <span dir="auto" data-faint={message.content.type !== "text" || undefined}>
            {text}
          </span>
        </>
      ) : (
        <span>{capital(words.earlier)}</span>
      )}
    </Button>
  );
}

/** Above the composer, until it is sent or taken back. */
export function Answering({ message, ownId, onCancel }: Omit<QuoteProps, "onShow"> & { onCancel(): void }) {
  const name = message ? (message.sender.id === ownId ? words.you : message.sender.name) : words.earlier;
  return (
    <div className="answering">
      <p>
        <b dir="auto">{words.answering(name)}</b>
        {message && <span dir="auto">{viewOf(message.content).preview(message.content)}</span>}
      </p>
      <Button className="answering-cancel" aria-label={words.cancel} onPress={onCancel}>
        <CloseIcon />
      </Button>
    </div>
  );
}

const capital = (text: string): string => text.slice(0, 1).toLocaleUpperCase() + text.slice(1);
