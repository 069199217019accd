import type { View } from "@fireside/shared/protocol";
import type { NewView, ViewChange } from "@fireside/shared/protocol/rest";
import { useMutation } from "@tanstack/react-query";
import { useDesk } from "../desk";

/** Saves a view; the list of views brings it to all tabs. */
export function useSaveView() {
  const { api } = useDesk();
  return useMutation({ mutationFn: (view: NewView) => api.saveView(view) });
}

export function useChangeView({ id }: View) {
  const { api } = useDesk();
  return useMutation({
    mutationFn: (change: ViewChange | "delete"): Promise<unknown> =>
      change === "delete" ? api.deleteView(id) : api.changeView(id, change),
  });
}
