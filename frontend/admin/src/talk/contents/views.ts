import type { Content } from "@fireside/shared/protocol";
import type { ContentView } from "./content-view";
import { deletedView } from "./deleted";
import { textView } from "./text";
import { unknownView } from "./unknown";

/** A new type of content does not compile until it has a view. */
const contentViews: { [Type in Content["type"]]: ContentView<Extract<Content, { type: Type }>> } = {
  text: textView,
  deleted: deletedView,
  unknown: unknownView,
};

/** The view of a content's type; one that only a newer server knows is shown as such. */
export function viewOf(content: Content): ContentView<Content> {
  return (contentViews[content.type] ?? unknownView) as ContentView<Content>;
}
