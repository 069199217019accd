/** Something that was done and can be taken back. */
export interface Done {
  /** What was done, as a sentence without its end: "Closed the conversation with Maya". */
  said: string;
  /** Takes it back. @throws {CannotUndo} when the world has moved on. */
  undo(): Promise<unknown>;
}

/** Says, in words for whoever pressed the key, why something stays as it is. */
export class CannotUndo extends Error {}

export interface Toast {
  id: number;
  kind: "done" | "undoing" | "undone" | "kept";
  said: string;
  /** Why it was kept. */
  why?: string;
}

/** Triage actions that can be taken back. */
const MOST = 20;

/** The last things that this agent did in this tab, the newest on top. Each is taken back at most once. */
export class UndoStack {
  readonly #done: Done[] = [];
  readonly #listeners = new Set<() => void>();
  #toast: Toast | undefined;
  #count = 0;

  /** `explain` says why something failed, and whether it may be tried again. */
  constructor(readonly explain: (error: unknown) => { why: string; again: boolean }) {}

  get toast(): Toast | undefined {
    return this.#toast;
  }

  get isEmpty(): boolean {
    return this.#done.length === 0;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  getToast = (): Toast | undefined => this.#toast;

  did(done: Done): void {
    this.#done.push(done);
    if (this.#done.length > MOST) this.#done.shift();
    this.#show({ kind: "done", said: done.said });
  }

  /** Nothing was done: says why. */
  failed(said: string, error: unknown): void {
    this.#show({ kind: "kept", said, why: this.explain(error).why });
  }

  /** Takes back the newest. If that is not possible any more, it says why, and the one before is on top. */
  async undo(): Promise<void> {
    const done = this.#done.pop();
    if (!done) return;
    const { said } = done;
    this.#show({ kind: "undoing", said });
    try {
      await done.undo();
      this.#show({ kind: "undone", said });
    } catch (error) {
      const { why, again } =
        error instanceof CannotUndo ? { why: error.message, again: false } : this.explain(error);
      if (again) this.#done.push(done);
      this.#show({ kind: "kept", said, why });
    }
  }

  /** The toast was there long enough, or somebody closed it. */
  hide(id: number): void {
    if (this.#toast?.id === id) this.#tell(undefined);
  }

  #show(toast: Omit<Toast, "id">): void {
    this.#tell({ ...toast, id: ++this.#count });
  }

  #tell(toast: Toast | undefined): void {
    this.#toast = toast;
    for (const listener of this.#listeners) listener();
  }
}
