import { linkPieces } from "@fireside/shared";
import { h, type JSX } from "preact";

/** A message's text with its links made to be followed, as elements and never as markup. */
export function Text({ text }: { text: string }): JSX.Element {
  return (
    <span class="text" dir="auto">
      {linkPieces(text).map(({ text: piece, href }) =>
        href ? (
          <a href={href} target="_blank" rel="noopener noreferrer nofollow">
            {piece}
          </a>
        ) : (
          piece
        ),
      )}
    </span>
  );
}
