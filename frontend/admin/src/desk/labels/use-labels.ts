import type { Label } from "@fireside/shared/protocol";
import { useSyncExternalStore } from "react";
import { useDesk } from "../desk";

/** All labels, by name. */
export function useLabels(): readonly Label[] {
  const { labels } = useDesk();
  return useSyncExternalStore(labels.subscribe, labels.all);
}

/** Those of a conversation, by name. */
export function useLabelsOf(ids: readonly number[] | undefined): Label[] {
  const { labels } = useDesk();
  useLabels();
  return labels.of(ids);
}
