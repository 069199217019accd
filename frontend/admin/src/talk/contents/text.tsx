import { linkPieces } from "@fireside/shared/format/links";
import type { TextContent } from "@fireside/shared/protocol";
import type { ContentView } from "./content-view";

/** More than a line of the list can show. */
const PREVIEW_CHARS = 200;

export const textView: ContentView<TextContent> = {
  Body: ({ content }) => <Text text={content.text} />,
  preview: ({ text }) => text.slice(0, PREVIEW_CHARS).replace(/\s+/g, " "),
  spoken: ({ text }) => text,
};

/** A text as it was written, its links made clickable; another text is another element, for the browser may translate it. */
export function Text({ text }: { text: string }) {
  return (
    <span key={text} translate="yes">
      {linkPieces(text).map((piece, index) =>
        piece.href === undefined ? (
          piece.text
        ) : (
          <a key={index} href={piece.href} target="_blank" rel="noopener noreferrer nofollow">
            {piece.text}
          </a>
        ),
      )}
    </span>
  );
}
