/** Characters that leave no ink; `app/values/text.py` has the same ones, and `tests/texts.json` the cases that try both. */
const INK = /[^\p{White_Space}\p{Cc}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb\u2800\u{1d159}]/u;

/** True when a reader would see nothing: spaces, zero-width characters, fillers. The server refuses it. */
export const isBlank = (text: string): boolean => !INK.test(text);

/**
 * The text as it can be sent: halves of surrogate pairs, which a field holds after a clumsy cut, and NUL, which
 * nobody can store, become U+FFFD.
 */
export const mended = (text: string): string => text.replace(/[\p{Surrogate}\0]/gu, "\ufffd");
