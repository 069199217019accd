import type { ChatClient } from "@fireside/shared/chat";
import type { BulkAction } from "@fireside/shared/protocol";
import type { BulkActionList, LeftList, NewBulkAction } from "@fireside/shared/protocol/rest";
import { CannotUndo, type UndoStack } from "../undo/stack";
import { words } from "./words";

const PATH = "/chat/bulk-actions";
/** Names of those that were kept; of more than these the number says enough. */
const NAMED = 3;

const isUnderWay = ({ state }: BulkAction): boolean =>
  state === "collecting" || state === "running" || state === "undoing";

/** The changes of many conversations that were begun in this tab, and how far they are. */
export class BulkStore {
  readonly #actions = new Map<string, BulkAction>();
  readonly #ended = new Map<string, (action: BulkAction) => void>();
  readonly #listeners = new Set<() => void>();
  #shown: BulkAction | undefined;

  constructor(
    readonly chat: ChatClient,
    readonly undo: UndoStack,
  ) {}

  start(): () => void {
    const stops = [
      this.chat.on("event", (event) => event.type === "bulk_action_updated" && this.#hear(event.action)),
      // Nobody tells again what was told while the connection was away.
      this.chat.on("open", () => void this.#read()),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** The one that is under way. */
  get = (): BulkAction | undefined => this.#shown;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Changes them; what was done can be undone once it is at its end. */
  async begin(wanted: NewBulkAction, said: (count: number) => string): Promise<void> {
    const action = await this.chat.rest.send<BulkAction>("POST", PATH, wanted);
    void this.#until(action).then(({ id, changed }) => {
      if (changed > 0) this.undo.did({ said: said(changed), undo: () => this.#takeBack(id) });
    });
  }

  async cancel({ id }: BulkAction): Promise<void> {
    this.#hear(await this.chat.rest.send("POST", `${PATH}/${id}/cancel`, {}));
  }

  async #takeBack(id: string): Promise<void> {
    const { kept } = await this.#until(
      await this.chat.rest.send<BulkAction>("POST", `${PATH}/${id}/undo`, {}),
    );
    if (kept === 0) return;
    const { items } = await this.chat.rest.get<LeftList>(`${PATH}/${id}/left?undoing=true&limit=${NAMED}`);
    throw new CannotUndo(
      words.kept(
        kept,
        items.map(({ customer_name }) => customer_name),
      ),
    );
  }

  #until(action: BulkAction): Promise<BulkAction> {
    return new Promise((resolve) => {
      this.#ended.set(action.id, resolve);
      this.#hear(action);
    });
  }

  #hear(action: BulkAction): void {
    const before = this.#actions.get(action.id);
    const ended = this.#ended.get(action.id);
    // Of those that another tab has begun, that one tells.
    if (!ended && !before) return;
    if (!before || before.version < action.version) this.#actions.set(action.id, action);
    const now = this.#actions.get(action.id) ?? action;
    if (ended && !isUnderWay(now)) {
      this.#ended.delete(action.id);
      ended(now);
    }
    this.#shown = [...this.#actions.values()].find(isUnderWay);
    for (const listener of this.#listeners) listener();
  }

  async #read(): Promise<void> {
    if (this.#ended.size === 0) return;
    const { items } = await this.chat.rest.get<BulkActionList>(PATH).catch(() => ({ items: [] }));
    for (const action of items) this.#hear(action);
  }
}
