import { linkPieces } from "@fireside/shared/format/links";
import { type Block, type Inline, markdown } from "@fireside/shared/format/markdown";
import type { TextContent } from "@fireside/shared/protocol";
import { Fragment, type ReactNode } from "react";
import type { ContentView } from "./content-view";
import "./text.css";

/** More than a line of the list can show. */
const PREVIEW_CHARS = 200;

export const textView: ContentView<TextContent> = {
  Body: ({ content: { text, markdown: source } }) =>
    source === undefined ? <Text text={text} /> : <Formatted source={source} />,
  preview: ({ text }) => text.slice(0, PREVIEW_CHARS).replace(/\s+/g, " "),
  spoken: ({ text }) => text,
};

/** A text as it was written, its links made clickable; another text is another element, for the browser may translate it. */
export function Text({ text }: { text: string }) {
  return (
    <span key={text} translate="yes">
      <Pieces text={text} />
    </span>
  );
}

/** A text that was written in Markdown, as elements and never as markup. */
export function Formatted({ source }: { source: string }) {
  return (
    <div key={source} className="formatted" translate="yes">
      {blocks(markdown(source))}
    </div>
  );
}

const blocks = (all: readonly Block[]): ReactNode[] =>
  all.map((of, index) => <Fragment key={index}>{block(of)}</Fragment>);

function block(of: Block): ReactNode {
  switch (of.type) {
    case "paragraph":
      return <p>{of.children.map(inline)}</p>;
    case "code":
      return (
        <pre tabIndex={0}>
          <code>{of.text}</code>
        </pre>
      );
    case "quote":
      return <blockquote>{blocks(of.children)}</blockquote>;
    case "list": {
      const items = of.items.map((item, index) => <li key={index}>{blocks(item)}</li>);
      return of.start === undefined ? <ul>{items}</ul> : <ol start={of.start}>{items}</ol>;
    }
  }
}

function inline(of: Inline, index: number): ReactNode {
  if (typeof of === "string") return <Pieces key={index} text={of} />;
  switch (of.type) {
    case "code":
      return <code key={index}>{of.text}</code>;
    case "link":
      return (
        <Address key={index} href={of.href}>
          {of.text}
        </Address>
      );
    default: {
      const Tag = of.type;
      return <Tag key={index}>{of.children.map(inline)}</Tag>;
    }
  }
}

function Pieces({ text }: { text: string }) {
  return linkPieces(text).map((piece, index) =>
    piece.href === undefined ? (
      piece.text
    ) : (
      <Address key={index} href={piece.href}>
        {piece.text}
      </Address>
    ),
  );
}

function Address({ href, children }: { href: string; children: string }) {
  return (
    <a
      href={href}
      title={children === href ? undefined : href}
      target="_blank"
      rel="noopener noreferrer nofollow"
    >
      {children}
    </a>
  );
}
