/** Something of a conversation that is chosen in a dialog. */
export type Chooser = "snooze" | "priority" | "labels";

/** Which of the dialogs is open over the conversation on the screen; keys and buttons open the same ones. */
export class Choosing {
  #chooser: Chooser | undefined;
  readonly #listeners = new Set<() => void>();

  get = (): Chooser | undefined => this.#chooser;

  open(chooser: Chooser): void {
    this.#set(chooser);
  }

  close(): void {
    this.#set(undefined);
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #set(chooser: Chooser | undefined): void {
    this.#chooser = chooser;
    for (const listener of this.#listeners) listener();
  }
}
