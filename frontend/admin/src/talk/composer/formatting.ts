import type { KeyboardEvent } from "react";

/** A text with what is selected of it. */
export interface Selected {
  text: string;
  start: number;
  end: number;
}

const MARKS: Record<string, string> = { b: "**", i: "*" };

/** Puts a mark around what is selected, or takes it off again. */
export function marked({ text, start, end }: Selected, mark: string): Selected {
  const inner = text.slice(start, end);
  const isMarked =
    text.slice(0, start).endsWith(mark) &&
    text.slice(end).startsWith(mark) &&
    // One asterisk of two is no italic.
    (mark !== "*" || !text.slice(0, start).endsWith("**") || text.slice(0, start).endsWith("***"));
  const size = mark.length;
  if (isMarked) {
    return {
      text: text.slice(0, start - size) + inner + text.slice(end + size),
      start: start - size,
      end: end - size,
    };
  }
  // Marks hold on to words: blanks at the ends of a selection stay outside.
  const [, before, word, after] = /^(\s*)([^]*?)(\s*)$/.exec(inner)!;
  const from = start + before!.length + size;
  return {
    text: text.slice(0, start) + before + mark + word + mark + after + text.slice(end),
    start: from,
    end: from + word!.length,
  };
}

/** Makes a link of what is selected, with the place for what is missing selected. */
export function linked({ text, start, end }: Selected): Selected {
  const inner = text.slice(start, end).trim();
  const isAddress = /^(https?:\/\/|mailto:)\S+$/i.test(inner);
  const [label, href] = isAddress ? ["", inner] : [inner, "https://"];
  const from = isAddress || !inner ? start + 1 : start + label.length + 3;
  return {
    text: `${text.slice(0, start)}[${label}](${href})${text.slice(end)}`,
    start: from,
    end: isAddress || !inner ? from : from + href.length,
  };
}

/** Answers Ctrl (⌘) with B, I or K in a field; tells whether it was one of them. */
export function onFormatKey(event: KeyboardEvent<HTMLTextAreaElement>): boolean {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return false;
  const key = event.key.toLowerCase();
  const mark = MARKS[key];
  if (mark === undefined && key !== "k") return false;
  event.preventDefault();
  event.stopPropagation();
  const field = event.currentTarget;
  const before = { text: field.value, start: field.selectionStart, end: field.selectionEnd };
  rewrite(field, mark === undefined ? linked(before) : marked(before, mark));
  return true;
}

/** Writes as a person would, so that it can be undone by the field's own keys. */
export function rewrite(field: HTMLTextAreaElement, after: Selected): void {
  const { value } = field;
  let from = 0;
  while (from < value.length && value[from] === after.text[from]) from++;
  let [was, is] = [value.length, after.text.length];
  while (was > from && is > from && value[was - 1] === after.text[is - 1]) [was, is] = [was - 1, is - 1];
  field.setSelectionRange(from, was);
  const inserted = after.text.slice(from, is);
  document.execCommand(inserted ? "insertText" : "delete", false, inserted);
  field.setSelectionRange(after.start, after.end);
}
