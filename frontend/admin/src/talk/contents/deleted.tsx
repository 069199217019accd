import type { DeletedContent } from "@fireside/shared/protocol";
import type { ContentView } from "./content-view";
import { words } from "./words";

export const deletedView: ContentView<DeletedContent> = {
  Body: () => <em className="message-deleted">{words.deleted}</em>,
  preview: () => words.deletedShort,
  spoken: () => undefined,
};
