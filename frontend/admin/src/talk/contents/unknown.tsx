import type { UnknownContent } from "@fireside/shared/protocol";
import type { ContentView } from "./content-view";
import { words } from "./words";

/** Content that only a newer server knows: never as if it were deleted. */
export const unknownView: ContentView<UnknownContent> = {
  Body: () => <em className="message-deleted">{words.unknown}</em>,
  preview: () => words.unknownShort,
  spoken: () => words.unknown,
};
