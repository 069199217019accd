import { language } from "../../ui/language";
import { words } from "./words";
import "./typing-line.css";

const list = new Intl.ListFormat(language);

/** The people who are writing, at the end of the conversation; the place is kept so that nothing jumps. */
export function TypingLine({ names }: { names: readonly string[] }) {
  const first = names[0];
  return (
    <p className="typing-line" role="status">
      {first !== undefined && (
        <>
          <span className="dots" aria-hidden="true">
            <span />
            <span />
            <span />
          </span>
          {names.length === 1 ? words.typing(first) : words.severalTyping(list.format(names))}
        </>
      )}
    </p>
  );
}
