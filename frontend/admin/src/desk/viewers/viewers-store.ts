import type { ViewerChanged } from "@fireside/shared/protocol";
import { KeyedStore } from "../../ui/keyed-store";

export interface Viewer {
  id: number;
  name: string;
  mode: NonNullable<ViewerChanged["mode"]>;
}

/** Who looks at what, by conversation. A word ends by itself after `expires_in_ms`, should its end get lost. */
export class ViewersStore extends KeyedStore<string, readonly Viewer[]> {
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  offer({
    conversation_id: id,
    user_id,
    user_name: name,
    mode,
    expires_in_ms,
  }: Omit<ViewerChanged, "type">): void {
    const key = `${id} ${user_id}`;
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    const known = this.get(id) ?? [];
    const before = known.find((viewer) => viewer.id === user_id);
    if (mode !== null) {
      const end = () =>
        this.offer({ conversation_id: id, user_id, user_name: name, mode: null, expires_in_ms });
      this.#timers.set(key, setTimeout(end, expires_in_ms));
    }
    if ((before?.mode ?? null) === mode) return;
    const others = known.filter((viewer) => viewer !== before);
    const viewers =
      mode === null
        ? others
        : before
          ? known.map((viewer) => (viewer === before ? { ...viewer, mode } : viewer))
          : [...known, { id: user_id, name, mode }];
    this.set(id, viewers.length > 0 ? viewers : undefined);
  }
}
