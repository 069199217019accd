import type { Label, LabelsUpdated, ServerEvent } from "@fireside/shared/protocol";

/** The labels as the server tells them: as a whole, after each connection and at each change. */
export class LabelStore {
  #labels: readonly Label[] = [];
  #byId = new Map<number, Label>();
  #merged: Readonly<Record<string, number>> = {};
  #version = 0;
  readonly #listeners = new Set<() => void>();

  hear(event: ServerEvent): void {
    if (event.type === "labels_updated") this.#take(event);
  }

  /** Forget all: the server's log was replaced, and its versions begin anew. */
  clear(): void {
    this.#version = 0;
  }

  /** By name. */
  all = (): readonly Label[] => this.#labels;

  /** The labels of a conversation, by name; one that was merged is what it was merged into. */
  of(ids: readonly number[] | undefined): Label[] {
    if (!ids?.length) return [];
    const found = new Set(ids.map((id) => this.#byId.get(this.#merged[id] ?? id)));
    return this.#labels.filter((label) => found.has(label));
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #take({ version, labels, merged }: LabelsUpdated): void {
    if (version < this.#version) return;
    this.#version = version;
    this.#labels = labels;
    this.#byId = new Map(labels.map((label) => [label.id, label]));
    this.#merged = merged;
    for (const listener of this.#listeners) listener();
  }
}
