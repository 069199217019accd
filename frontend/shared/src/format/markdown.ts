/** A piece of a line. A text may still hold an address, which `linkPieces` finds. */
export type Inline =
  | string
  | { type: "strong" | "em" | "del"; children: Inline[] }
  | { type: "code"; text: string }
  | { type: "link"; href: string; text: string };

export type Block =
  | { type: "paragraph"; children: Inline[] }
  | { type: "code"; text: string }
  | { type: "quote"; children: Block[] }
  | { type: "list"; start: number | undefined; items: Block[][] };

/**
 * The subset of `app/values/markdown.py`, tried by the same cases in `tests/markdown.json`: bold, italic, strike, code,
 * quotes, lists, links. There is no HTML in it, each character is looked at a bounded number of times, and nothing
 * nests deeper than `MOST_NESTED`.
 */
const MOST_NESTED = 4;
/** A longer row of a sign is a line, or a word that somebody would not write. */
const LONGEST_RUN: Record<string, number> = { "*": 3, _: 1, "~": 2 };
const MARKS = { "**": "strong", "*": "em", _: "em", "~~": "del" } as const;
type Mark = keyof typeof MARKS;

const FENCE = /^ {0,3}```[\w+#.-]*\s*$/;
const END_OF_FENCE = /^ {0,3}```\s*$/;
const ITEM = /^( {0,3})(?:[-*+]|(\d{1,9})[.)]) +(?=\S)/;
const TOKEN = /`+|\*+|_+|~+|\\[*`~[]|\[|(?<![a-z0-9])(?:https?:\/\/|mailto:)(?:[^\s<>*~`]|~(?!~))*/gi;
const LINK = /\[([^[\]\n]+)\]\(((?:https?:\/\/|mailto:)[^\s()<>]+(?:\([^\s()<>]*\)[^\s()<>]*)*)\)/iy;
const isWord = (sign: string | undefined): boolean => /[A-Za-z0-9\\]/.test(sign ?? "");
const isInk = (sign: string | undefined): boolean => /\S/.test(sign ?? "");

export const markdown = (source: string): Block[] => blocksOf(source.split("\n"), MOST_NESTED);

/** Whether anything of it is more than text. */
export const isFormatted = (blocks: readonly Block[]): boolean =>
  blocks.some(
    (block) => block.type !== "paragraph" || block.children.some((child) => typeof child !== "string"),
  );

function blocksOf(lines: readonly string[], depth: number): Block[] {
  const blocks: Block[] = [];
  for (let at = 0, end; at < lines.length; at = end) {
    const line = lines[at]!;
    const item = depth > 0 && ITEM.exec(line);
    end = endOfBlock(lines, at, depth);
    if (FENCE.test(line)) {
      const closes = end - 1 > at && END_OF_FENCE.test(lines[end - 1]!);
      blocks.push({ type: "code", text: lines.slice(at + 1, closes ? end - 1 : end).join("\n") });
    } else if (depth && line.startsWith(">")) {
      const inner = lines.slice(at, end).map((quoted) => quoted.replace(/^> ?/, ""));
      blocks.push({ type: "quote", children: blocksOf(inner, depth - 1) });
    } else if (item) {
      const width = item[0].length;
      const inner = [line.slice(width), ...lines.slice(at + 1, end).map((more) => outdented(more, width))];
      const children = blocksOf(inner, depth - 1);
      const start = item[2] === undefined ? undefined : Number(item[2]);
      const before = blocks.at(-1);
      if (before?.type === "list" && (before.start === undefined) === (start === undefined))
        before.items.push(children);
      else blocks.push({ type: "list", start, items: [children] });
    } else if (isInk(line)) {
      blocks.push({ type: "paragraph", children: inlineOf(lines.slice(at, end).join("\n")) });
    }
  }
  return blocks;
}

/** Where the block ends that begins at a line; of a list, each item is one. */
function endOfBlock(lines: readonly string[], at: number, depth: number): number {
  const first = lines[at]!;
  let end = at + 1;
  const extend = (goesOn: (line: string) => boolean): number => {
    while (end < lines.length && goesOn(lines[end]!)) end++;
    return end;
  };
  if (FENCE.test(first)) return Math.min(extend((line) => !END_OF_FENCE.test(line)) + 1, lines.length);
  if (depth && first.startsWith(">")) return extend((line) => line.startsWith(">"));
  const item = depth > 0 && ITEM.exec(first);
  if (item) {
    const isSibling = (line: string): boolean => {
      const other = ITEM.exec(line);
      return other !== null && other[1]!.length <= item[1]!.length;
    };
    return extend((line) => line.startsWith("  ") && isInk(line) && !isSibling(line));
  }
  return isInk(first) ? extend((line) => isInk(line) && !beginsBlock(line, depth)) : end;
}

const beginsBlock = (line: string, depth: number): boolean =>
  FENCE.test(line) || (depth > 0 && (line.startsWith(">") || ITEM.test(line)));

/** A line without as much of its indent as the item's mark takes. */
const outdented = (line: string, width: number): string =>
  line.slice(Math.min(width, line.length - line.trimStart().length));

/** What has begun and may find its end: the innermost last. */
interface Frame {
  mark: Mark | "";
  children: Inline[];
}

/** Cuts a paragraph at marks that stand in pairs; a mark without its other half is text. */
function inlineOf(source: string): Inline[] {
  const ticks = ticksOf(source);
  const frames: Frame[] = [{ mark: "", children: [] }];
  const put = (piece: Inline): void => add(frames.at(-1)!.children, piece);
  let at = 0;
  TOKEN.lastIndex = 0;
  for (let token; (token = TOKEN.exec(source)); TOKEN.lastIndex = at) {
    const [text] = token;
    const start = token.index;
    put(source.slice(at, start));
    at = start + text.length;
    const sign = text[0]!;
    if (sign === "`" && ticks.has(start)) {
      put({ type: "code", text: codeOf(source.slice(at, ticks.get(start))) });
      at = ticks.get(start)! + text.length;
    } else if (sign === "\\") {
      put(text[1]!);
    } else if (sign === "[") {
      LINK.lastIndex = start;
      const link = LINK.exec(source);
      const label = link && textOf(inlineOf(link[1]!));
      if (link && isInk(label!) && !isDisguised(label!, link[2]!)) {
        at = start + link[0].length;
        put({ type: "link", href: link[2]!, text: label! });
      } else put(text);
    } else if (sign in LONGEST_RUN) {
      take(text, source[start - 1], source[at], frames);
    } else {
      put(text);
    }
  }
  put(source.slice(at));
  while (frames.length > 1) unfold(frames);
  return frames[0]!.children;
}

/** Takes the signs of one row as ends of what is open, the innermost first, and then as beginnings. */
function take(run: string, before: string | undefined, after: string | undefined, frames: Frame[]): void {
  const sign = run[0]!;
  let left = run.length > LONGEST_RUN[sign]! || run === "~" ? 0 : run.length;
  const rest = left ? 0 : run.length;
  if (left && isInk(before) && (left > 1 || !isWord(after))) {
    for (let mark; (mark = nextEnd(sign, left, frames)); left -= mark.length) {
      while (frames.at(-1)!.mark !== mark) unfold(frames);
      const { children } = frames.pop()!;
      frames.at(-1)!.children.push({ type: MARKS[mark], children });
    }
  }
  if (left && isInk(after) && (left > 1 || !isWord(before))) {
    for (const mark of [sign + sign, sign].filter((mark) => mark in MARKS) as Mark[]) {
      if (mark.length > left || frames.some((frame) => frame.mark === mark)) continue;
      frames.push({ mark, children: [] });
      left -= mark.length;
    }
  }
  add(frames.at(-1)!.children, sign.repeat(left + rest));
}

/** The open mark that ends with so many of a sign: one of that length, or the innermost that is shorter. */
function nextEnd(sign: string, left: number, frames: readonly Frame[]): Mark | undefined {
  const fitting = frames.flatMap(({ mark }) =>
    mark && mark[0] === sign && mark.length <= left ? [mark] : [],
  );
  return fitting.find((mark) => mark.length === left) ?? fitting.at(-1);
}

/** Makes text of the innermost mark, which has found no end. */
function unfold(frames: Frame[]): void {
  const { mark, children } = frames.pop()!;
  const outer = frames.at(-1)!.children;
  add(outer, mark);
  for (const child of children) add(outer, child);
}

/** Adds a piece; texts that meet become one, for an address may stand across them. */
function add(children: Inline[], piece: Inline): void {
  const last = children.length - 1;
  if (typeof piece !== "string") children.push(piece);
  else if (typeof children[last] === "string") children[last] += piece;
  else if (piece) children.push(piece);
}

/** By where a row of backticks begins, where the next one of that length does. */
function ticksOf(source: string): Map<number, number> {
  const ticks = new Map<number, number>();
  const latest = new Map<number, number>();
  for (const { 0: run, index } of [...source.matchAll(/`+/g)].reverse()) {
    const next = latest.get(run.length);
    if (next !== undefined) ticks.set(index, next);
    latest.set(run.length, index);
  }
  return ticks;
}

/** What stands between backticks, without the spaces that keep it from them. */
const codeOf = (text: string): string => (/^ .*\S.* $/s.test(text) ? text.slice(1, -1) : text);

/** An address that says it leads elsewhere. */
const isDisguised = (label: string, href: string): boolean =>
  label !== href && /^\s*(?:[a-z]+:\/\/|mailto:|www\.)/i.test(label);

const textOf = (pieces: readonly Inline[]): string =>
  pieces
    .map((piece) =>
      typeof piece === "string" ? piece : "text" in piece ? piece.text : textOf(piece.children),
    )
    .join("");
