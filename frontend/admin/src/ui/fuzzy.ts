/** A text made ready to be searched: without case and accents, so that "zurich" finds "Zürich". */
export function fold(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase();
}

/**
 * How well what somebody typed fits a folded text: higher is better, undefined is not at all. All of it in one piece
 * counts most, then at the beginnings of words, then anywhere in its order ("clr" finds "Close or reopen").
 */
export function fits(query: string, text: string): number | undefined {
  if (query === "") return 0;
  const whole = text.indexOf(query);
  if (whole === 0) return 1000 - text.length / 100;
  if (whole > 0) return (isWordStart(text, whole) ? 800 : 500) - whole / 10 - text.length / 100;
  return inOrder(query, text);
}

function inOrder(query: string, text: string): number | undefined {
  let from = 0;
  let score = 300;
  let previous = -2;
  for (const letter of query) {
    if (letter === " ") continue;
    const next = text.indexOf(letter, from);
    if (next < 0) return undefined;
    const start = wordStartWith(letter, text, from);
    // The beginning of a later word is what one means, unless the letters go on where they are.
    const at = next === previous + 1 || start < 0 ? next : start;
    score -= at === previous + 1 || isWordStart(text, at) ? 1 : 20 + (at - from);
    previous = at;
    from = at + letter.length;
  }
  return score > 0 ? score : undefined;
}

function wordStartWith(letter: string, text: string, from: number): number {
  for (let at = text.indexOf(letter, from); at >= 0; at = text.indexOf(letter, at + 1)) {
    if (isWordStart(text, at)) return at;
  }
  return -1;
}

function isWordStart(text: string, at: number): boolean {
  return at === 0 || /[\s\-_/.:,(]/.test(text[at - 1]!);
}

/** The `most` that fit best, the best first; those that fit alike keep their order. */
export function best<Item>(
  items: Iterable<Item>,
  most: number,
  score: (item: Item) => number | undefined,
): Item[] {
  const found: { item: Item; score: number }[] = [];
  for (const item of items) {
    const value = score(item);
    if (value !== undefined) found.push({ item, score: value });
  }
  return found
    .sort((one, other) => other.score - one.score)
    .slice(0, most)
    .map(({ item }) => item);
}
