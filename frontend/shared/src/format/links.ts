/** A piece of a message: plain text, or a link that is safe to follow. */
export type Piece = { text: string; href?: string };

/** Scripts without spaces between words or before suffixes, and emoji: after a Latin letter they are prose again. */
const UNSPACED = String.raw`\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}\p{ExtPict}\uff00-\uffef`;
const LABEL = String.raw`(?:(?!(?<![${UNSPACED}./@])[${UNSPACED}])[\p{L}\p{M}\p{N}_-])+`;
const HOST = String.raw`(?:\[[\da-f:.]+\]|${LABEL}(?:\.${LABEL})*)(?::\d+)?`;
const NAME = String.raw`[\p{L}\p{N}.%+~_-]+`;
/** Of a path, query or fragment. Of the punctuation beyond ASCII only what is written inside words. */
const CHAR = String.raw`(?![,;]https?:|(?<![${UNSPACED}/=_#&:-]|[${UNSPACED}_]\()[${UNSPACED}])(?:[^\s\p{C}\p{P}<>|^\x60]|[!#%&'*,./:;?@_’–·・-])`;
/** A bracket belongs to the address that has both of the pair, as an encyclopaedia's. */
const REST = String.raw`(?:${CHAR}|\((?:${CHAR})*\)|\[(?:${CHAR})*\]|\{(?:${CHAR})*\})*`;
/** Punctuation at the end belongs to the sentence, or to Markdown; and so does a suffix, as in Turkish. */
const TRAILING = String.raw`(?<![.,:;!?*~’–·・']|['’]\p{L}{1,3})`;
// Only what cannot run code: a "javascript:" in a message stays text.
const ADDRESS = String.raw`(?:https?:\/\/(?:${NAME}(?::${NAME})?@)?|mailto:${NAME}@)${HOST}(?:[/?#](?![${UNSPACED}])${REST}${TRAILING}|\/)?`;
const LINK = new RegExp(String.raw`(?<=_)${ADDRESS}(?<!_)|(?<!\w)${ADDRESS}`, "giu");

/** Cuts a text into links and the rest; what is joined again is the same text. */
export function linkPieces(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const { 0: address, index } of text.matchAll(LINK)) {
    if (index > end) pieces.push({ text: text.slice(end, index) });
    pieces.push({ text: address, href: address });
    end = index + address.length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end) });
  return pieces;
}
