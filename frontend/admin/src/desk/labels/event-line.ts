import type { LabelName } from "@fireside/shared/protocol";
import type { EventLine } from "../../talk/slots";
import { language } from "../../ui/language";
import { words } from "./words";

const listFormat = new Intl.ListFormat(language, { type: "conjunction" });
const named = (labels: readonly LabelName[]): string =>
  listFormat.format(labels.map(({ name }) => `“${name}”`));

export const labelsChanged: EventLine<"labels_changed"> = ({ by, data: { added, removed } }) => {
  if (removed.length === 0) return words.event.added(by, named(added), added.length);
  if (added.length === 0) return words.event.removed(by, named(removed), removed.length);
  return words.event.both(by, named(added), named(removed));
};
