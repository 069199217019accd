/**
 * Whether a key press is the input method's: Enter that chooses a word, as in Japanese, or Escape that gives one up.
 * Safari ends the composition before it tells of the key that did, whose code is then 229 and nothing else says so.
 */
export function isComposing(event: Pick<KeyboardEvent, "isComposing" | "keyCode">): boolean {
  return event.isComposing || event.keyCode === 229;
}
