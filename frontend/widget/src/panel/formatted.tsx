import { linkPieces } from "@fireside/shared/format/links";
import { type Block, type Inline, markdown } from "@fireside/shared/format/markdown";
import { h, type JSX } from "preact";

/** A text that was written in Markdown, as elements and never as markup. */
export const formatted = (source: string): JSX.Element => (
  <div key={source} class="text formatted" dir="auto" translate>
    {markdown(source).map(block)}
  </div>
);

/** A plain text with its links made to be followed; another element than the one without. */
export const linked = (text: string): JSX.Element => (
  <span key={`${text} `} class="text" dir="auto" translate>
    {inline(text)}
  </span>
);

function block(of: Block): JSX.Element {
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
      return <blockquote>{of.children.map(block)}</blockquote>;
    case "list": {
      const items = of.items.map((item) => <li>{item.map(block)}</li>);
      return of.start === undefined ? <ul>{items}</ul> : <ol start={of.start}>{items}</ol>;
    }
  }
}

function inline(of: Inline): JSX.Element | string | (JSX.Element | string)[] {
  if (typeof of === "string")
    return linkPieces(of).map(({ text, href }) => (href ? address(href, text) : text));
  if (of.type === "code") return <code>{of.text}</code>;
  if (of.type === "link") return address(of.href, of.text);
  return h(of.type, null, of.children.map(inline));
}

const address = (href: string, text: string): JSX.Element => (
  <a href={href} title={href} target="_blank" rel="noopener noreferrer nofollow">
    {text}
  </a>
);
