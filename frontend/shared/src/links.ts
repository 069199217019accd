/** A piece of a message: plain text, or a link that is safe to follow. */
export type Piece = { text: string; href?: string };

// Only what cannot run code: a "javascript:" in a message stays text.
const LINK = /\b(?:https?:\/\/|mailto:)[^\s<>"]+/gi;
/** Punctuation at the end belongs to the sentence, not to the address. */
const TRAILING = ".,:;!?'\"…»”)]}";

/** Cuts a text into links and the rest; what is joined again is the same text. */
export function linkPieces(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    const address = trimmed(match[0]);
    if (match.index > end) pieces.push({ text: text.slice(end, match.index) });
    pieces.push({ text: address, href: address });
    end = match.index + address.length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end) });
  return pieces;
}

function trimmed(address: string): string {
  let end = address.length;
  while (end > 0 && TRAILING.includes(address[end - 1]!)) end--;
  // A bracket that the address itself opened is part of it, as in an encyclopaedia's.
  const isOwnBracket =
    address[end] === ")" && address.slice(0, end).split("(").length > address.slice(0, end).split(")").length;
  return address.slice(0, isOwnBracket ? end + 1 : end);
}
