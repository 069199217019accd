import { isFormatted, markdown } from "@fireside/shared/format/markdown";
import type { NewText } from "@fireside/shared/protocol";

/** A text as it is sent: as Markdown only where it has a form, so that plain typing stays plain. */
export const written = (text: string): NewText =>
  isFormatted(markdown(text)) ? { type: "text", text, format: "markdown" } : { type: "text", text };
