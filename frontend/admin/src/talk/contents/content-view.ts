import type { Content } from "@fireside/shared/protocol";
import type { ReactNode } from "react";

/** The looks of one type of content, wherever one shows. */
export interface ContentView<C extends Content> {
  /** Inside of a message. */
  Body(props: { content: C }): ReactNode;
  /** In one line, as in the list. */
  preview(content: C): string;
  /** Read aloud as it comes; undefined for what is no news. */
  spoken(content: C): string | undefined;
}
