/** The conversation whose row has the keyboard. */
export function focusedRow(): string | undefined {
  return document.activeElement?.closest<HTMLElement>("[data-conversation]")?.dataset.conversation;
}
