import type { Piece } from "@fireside/shared/format/links";
import { h, type JSX } from "preact";

/** Texts that may hold a link. The code that finds links is fetched with the first of them. */
const PERHAPS = /:\/\/|mailto:/i;
let linkPieces: ((text: string) => Piece[]) | undefined;
let loading: Promise<void> | undefined;

interface TextProps {
  text: string;
  /** Draws it anew. */
  changed: () => void;
}

/**
 * A message's text with its links made to be followed, as elements and never as markup. Another text is another element,
 * for the browser may have translated this one.
 */
export function Text({ text, changed }: TextProps): JSX.Element {
  if (!linkPieces && PERHAPS.test(text)) {
    loading ??= import("@fireside/shared/format/links").then(
      (links) => {
        linkPieces = links.linkPieces;
        changed();
      },
      // If it cannot be had, the text stays plain.
      () => {},
    );
  }
  return (
    <span key={`${!linkPieces}${text}`} class="text" dir="auto" translate>
      {linkPieces?.(text).map(({ text: piece, href }) =>
        href ? (
          <a href={href} target="_blank" rel="noopener noreferrer nofollow">
            {piece}
          </a>
        ) : (
          piece
        ),
      ) ?? text}
    </span>
  );
}
