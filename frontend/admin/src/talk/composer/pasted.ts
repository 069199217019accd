const MARKS: Record<string, string> = {
  STRONG: "**",
  B: "**",
  EM: "*",
  I: "*",
  S: "~~",
  DEL: "~~",
  CODE: "`",
};

/**
 * Rich text as our Markdown: lists, links and what is bold or struck stay so. Undefined where there is none of it, and the
 * plain text is as good. The document is inert: nothing of it runs or is fetched.
 */
export function pastedMarkdown(html: string): string | undefined {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  if (!body.querySelector("li, strong, b, em, i, s, del, code, pre, blockquote, a[href]")) return undefined;
  return read(body)
    .replace(/[ \t]+\n/g, "\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

function read(node: Node): string {
  if (node.nodeType === Node.TEXT_NODE) return node.nodeValue!.replace(/\s+/g, " ");
  if (!(node instanceof Element)) return "";
  const inner = (): string => [...node.childNodes].map(read).join("");
  switch (node.tagName) {
    case "SCRIPT":
    case "STYLE":
      return "";
    case "BR":
      return "\n";
    case "PRE":
      return `\n\`\`\`\n${node.textContent!.replace(/\n$/, "")}\n\`\`\`\n`;
    case "BLOCKQUOTE":
      return `\n${inner().trim().replace(/^/gm, "> ")}\n`;
    case "UL":
    case "OL":
      return `\n${items(node).join("\n")}\n`;
    case "A": {
      const [href, label] = [node.getAttribute("href")!, inner().trim()];
      const isSafe = /^(https?:\/\/|mailto:)[^\s()<>]+$/i.test(href);
      return !isSafe || label === href || !label ? label : `[${label}](${href})`;
    }
    case "P":
    case "DIV":
    case "TR":
    case "H1":
    case "H2":
    case "H3":
      return `\n${inner()}\n`;
    default: {
      const mark = MARKS[node.tagName];
      // Some editors wrap all they give in a bold that is none.
      const isMarked = mark && !/font-weight:\s*(normal|400)/.test(node.getAttribute("style") ?? "");
      const [, before, text, after] = /^(\s*)([^]*?)(\s*)$/.exec(inner())!;
      return isMarked && text && !text.includes("\n")
        ? before + mark + text + mark + after
        : before! + text + after;
    }
  }
}

function items(list: Element): string[] {
  let number = Number(list.getAttribute("start") ?? 1);
  return [...list.children]
    .filter(({ tagName }) => tagName === "LI")
    .map((item) => {
      const mark = list.tagName === "OL" ? `${number++}. ` : "- ";
      const lines = [...item.childNodes].map(read).join("").trim().split(/\n+/);
      return lines.map((line, index) => (index ? " ".repeat(mark.length) : mark) + line).join("\n");
    });
}
