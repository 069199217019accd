import type { ChatClient } from "@fireside/shared/chat";
import type { BulkAction } from "@fireside/shared/protocol";
import type { BulkActionList, LeftList, NewBulkAction } from "@fireside/shared/protocol/rest";
import { CannotUndo, type UndoStack } from "../undo/stack";
import { words } from "./words";

const PATH = "/chat/bulk-actions";
/** Names of those that were kept; of more than these the number says enough. */
const NAMED = 3;
/** Actions whose last state is remembered. */
const KNOWN = 50;

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
    const { id } = action;
    const before = this.#actions.get(id);
    const now = before && before.version >= action.version ? before : action;
    // Whosever it is: the socket may tell the end of a short one before the answer says that it has begun.
    this.#actions.delete(id);
    this.#actions.set(id, now);
    const ended = this.#ended.get(id);
    if (ended && !isUnderWay(now)) {
      this.#ended.delete(id);
      ended(now);
    }
    for (const old of this.#actions.keys()) {
      if (this.#actions.size > KNOWN && !this.#ended.has(old)) this.#actions.delete(old);
    }
    // Of those that another tab has begun, that one tells.
    this.#shown = [...this.#actions.values()].find((each) => this.#ended.has(each.id) && isUnderWay(each));
    for (const listener of this.#listeners) listener();
  }

  async #read(): Promise<void> {
    if (this.#ended.size === 0) return;
    const { items } = await this.chat.rest.get<BulkActionList>(PATH).catch(() => ({ items: [] }));
    for (const action of items) this.#hear(action);
  }
}
