import { asChatError } from "@fireside/shared/line/errors";
import type { Cancel, Clock } from "@fireside/shared/line/clock";
import { isBlank } from "@fireside/shared/format/text";
import type { Rest } from "@fireside/shared/line/rest";
import type { Store } from "@fireside/shared/line/storage";
import { type NewMessage, textMessage } from "@fireside/shared/log/new-message";
import { type DraftChanged, type LaneName, TEXT_CHARS } from "@fireside/shared/protocol";
import type {
  Draft,
  DraftFields,
  DraftList,
  DraftMark,
  DraftMarks,
  DraftSaved,
} from "@fireside/shared/protocol/rest";
import { written } from "../composer/written";
import { KeptRecords } from "./kept-records";
import { adopted, type Base, emptyRecord, isEmpty, reconciled, type Record } from "./record";

/** After the last key; then the server has it. */
const PAUSE_MS = 1_000;
/** Until a save that failed is tried again; a connection that comes back tries at once. */
const AGAIN_MS = 5_000;

export interface DraftsOptions {
  rest: Pick<Rest, "get" | "send">;
  store: Store;
  clock: Clock;
  agentId: number;
  fresh(): string;
  /** Ids of messages that wait in this browser's outbox: sent, as far as their author is concerned. */
  sending(conversationId: string): readonly string[];
}

/** A field in which a draft is being written. */
export interface Field {
  /** Shows what was begun elsewhere. */
  take(draft: NewMessage): void;
  /** The caret is in it, and the page has the focus. */
  isBusy(): boolean;
}

/**
 * An agent's drafts, in this browser at once and at the server a second after the last key, so that they follow to other
 * tabs and devices. Nothing from there replaces what was typed here: whatever was begun in two places is offered in both.
 */
export class Drafts {
  readonly #kept: KeptRecords;
  readonly #records = new Map<string, Record>();
  /** What the server keeps beside the text in the field. */
  readonly #beside = new Map<string, readonly Draft[]>();
  /** The same and what is here alone: made anew at changes only, as whoever shows it needs. */
  readonly #others = new Map<string, readonly Draft[]>();
  readonly #timers = new Map<string, Cancel>();
  readonly #saving = new Set<string>();
  /** What was handed to the server without an answer. */
  readonly #unanswered = new Map<string, readonly string[]>();
  /** Conversations of which something was told while their draft was being saved. */
  readonly #missed = new Set<string>();
  readonly #fields = new Map<string, Field>();
  readonly #listeners = new Set<() => void>();
  /** What the server keeps, by conversation and lane. */
  #marks = new Map<string, DraftMark>();

  constructor(readonly options: DraftsOptions) {
    this.#kept = new KeptRecords(options.store, options.agentId, () => options.clock.now(), options.fresh);
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  get(conversationId: string): NewMessage {
    return this.#record(conversationId).message;
  }

  /** The id that the message of this draft has to leave with, so that its draft ends with it. */
  idOf(conversationId: string): string {
    return this.#record(conversationId).id;
  }

  /** Texts that were begun in another tab or on another device, beside the one in the field. */
  others(conversationId: string): readonly Draft[] {
    return this.#others.get(conversationId) ?? this.#list(conversationId);
  }

  /** Whether something is begun there, here or elsewhere. */
  isBegun(conversationId: string): boolean {
    const record = this.#records.get(conversationId) ?? this.#kept.get(conversationId);
    if (record?.isTouched) return !isEmpty(record.message);
    return LANES.some((lane) => this.#marks.has(key(conversationId, lane)));
  }

  /** Somebody has typed. */
  set(conversationId: string, message: NewMessage): void {
    const record = this.#record(conversationId);
    const isTouched = record.isTouched || !(isEmpty(message) && isEmpty(record.message));
    this.#put(conversationId, { ...record, message, isTouched });
    if (isTouched) this.#saveSoon(conversationId);
  }

  /** The draft has left as a message: the server empties it with that, so nothing is to be saved of it. */
  sent(conversationId: string): void {
    this.#timers.get(conversationId)?.();
    const { message, ...rest } = this.#record(conversationId);
    const empty = textMessage("", message.lane);
    this.#put(conversationId, { ...rest, message: empty, id: this.options.fresh(), isTouched: false });
  }

  /** Takes what was begun elsewhere into the field, and offers in its place what was there. */
  swap(conversationId: string, draft: Draft): void {
    const { message, id, isTouched, bases, asides } = this.#record(conversationId);
    const mine: Draft = {
      conversation_id: conversationId,
      lane: message.lane,
      version: isTouched ? 0 : (bases[message.lane]?.version ?? 0),
      client_msg_id: id,
      updated_at: new Date(this.options.clock.now()).toISOString(),
      text: message.content.text,
      format: "plain",
      ...(message.reply_to !== undefined && { reply_to: message.reply_to }),
    };
    const { [draft.lane]: _, ...otherBases } = bases;
    const taken = adopted(draft, []);
    const isHereAlone = draft.version === 0;
    const others = this.#remote(conversationId).filter((other) => other !== draft);
    const left = asides.filter((other) => other !== draft);
    const isMineHereAlone = !isEmpty(message) && mine.version === 0;
    this.#beside.set(conversationId, mine.version > 0 ? [mine, ...others] : others);
    this.#put(conversationId, {
      ...taken,
      isTouched: isHereAlone,
      // What is here alone overwrites nothing: before it is saved, the one at the server has to be put away.
      bases: isHereAlone ? otherBases : { ...bases, ...taken.bases },
      asides: isMineHereAlone ? [mine, ...left] : left,
    });
    this.#fields.get(conversationId)?.take(taken.message);
    if (isHereAlone) this.#saveSoon(conversationId);
  }

  /** Lets go of what was begun elsewhere. */
  discard(conversationId: string, draft: Draft): void {
    const { lane, version, client_msg_id: id } = draft;
    const record = this.#record(conversationId);
    if (version === 0)
      return this.#put(conversationId, {
        ...record,
        asides: record.asides.filter((other) => other !== draft),
      });
    this.#offer(
      conversationId,
      this.#remote(conversationId).filter((other) => other !== draft),
    );
    this.#put(conversationId, { ...record, bases: { ...record.bases, [lane]: { version, id } } });
    if (record.isTouched && record.message.lane === lane) return this.#saveSoon(conversationId, 0);
    void this.#empty(conversationId, lane, { version, id });
  }

  /** A conversation is on the screen, until the returned function is called. */
  open(conversationId: string, field: Field): () => void {
    this.#fields.set(conversationId, field);
    void this.refresh(conversationId);
    return () => {
      if (this.#fields.get(conversationId) === field) this.#fields.delete(conversationId);
    };
  }

  /** After each connecting: learns what the server keeps, and brings it what was typed meanwhile. */
  async load(): Promise<void> {
    try {
      const { items } = await this.options.rest.get<DraftMarks>("/chat/drafts");
      this.#marks = new Map(items.map((mark) => [key(mark.conversation_id, mark.lane), mark]));
    } catch {
      return; // The next connecting brings us back here.
    }
    this.#told();
    for (const id of this.#fields.keys()) await this.refresh(id);
    for (const id of new Set([...this.#kept.ids(), ...this.#records.keys()]))
      if (this.#record(id).isTouched) void this.#save(id);
  }

  /** Another of one's tabs or devices, or this one, has changed a draft. */
  heard(event: DraftChanged): void {
    const { conversation_id: id, lane, version, client_msg_id, is_there } = event;
    const mark = this.#marks.get(key(id, lane));
    if (mark && mark.version >= version) return;
    if (is_there) {
      const updated_at = new Date(this.options.clock.now()).toISOString();
      this.#marks.set(key(id, lane), { conversation_id: id, lane, version, client_msg_id, updated_at });
    } else this.#marks.delete(key(id, lane));
    this.#told();
    if (this.#fields.has(id) && this.#record(id).bases[lane]?.version !== version) void this.refresh(id);
  }

  /** Reads what the server keeps of an open conversation, and takes of it what harms nothing. */
  async refresh(conversationId: string): Promise<void> {
    if (this.#saving.has(conversationId)) return void this.#missed.add(conversationId);
    let items: Draft[];
    try {
      items = (await this.options.rest.get<DraftList>(`/chat/conversations/${conversationId}/drafts`)).items;
    } catch {
      return; // The next connecting brings us back here.
    }
    if (this.#saving.has(conversationId)) return void this.#missed.add(conversationId);
    const sending = this.options.sending(conversationId);
    const kept = items.filter(({ client_msg_id }) => !sending.includes(client_msg_id));
    const before = this.#record(conversationId);
    const field = this.#fields.get(conversationId);
    const { record, others } = reconciled(
      this.#known(conversationId, before, kept),
      kept,
      field?.isBusy() ?? false,
      this.options.fresh,
    );
    this.#offer(conversationId, others);
    if (record === before) return;
    this.#put(conversationId, record);
    if (record.message !== before.message) field?.take(record.message);
  }

  #saveSoon(conversationId: string, ms = PAUSE_MS): void {
    this.#timers.get(conversationId)?.();
    this.#timers.set(
      conversationId,
      this.options.clock.after(ms, () => void this.#save(conversationId)),
    );
  }

  async #save(conversationId: string): Promise<void> {
    if (this.#saving.has(conversationId)) return;
    const record = this.#record(conversationId);
    const { message, id, isTouched, bases } = record;
    const { lane } = message;
    // One that is too long to be sent stays here alone; and what another device has written is decided upon first.
    if (!isTouched || [...message.content.text].length > TEXT_CHARS) return;
    const seen = bases[lane]?.version ?? 0;
    if (this.#remote(conversationId).some((other) => other.lane === lane && other.version > seen)) return;
    this.#saving.add(conversationId);
    try {
      this.#unanswered.set(conversationId, [
        ...(this.#unanswered.get(conversationId) ?? []),
        message.content.text,
      ]);
      const saved = await this.#send(conversationId, message, id, bases[lane]);
      this.#saved(conversationId, record, saved);
      for (const other of LANES)
        if (other !== lane && bases[other]?.id === id) await this.#empty(conversationId, other, bases[other]);
    } catch (error) {
      const { retryable } = asChatError(error);
      if (retryable) this.#saveSoon(conversationId, AGAIN_MS);
    } finally {
      this.#saving.delete(conversationId);
    }
    if (this.#missed.delete(conversationId)) await this.refresh(conversationId);
  }

  #saved(conversationId: string, asked: Record, { outcome, draft, version }: DraftSaved): void {
    const now = this.#record(conversationId);
    const { lane } = asked.message;
    if (draft) this.#marks.set(key(conversationId, lane), draft);
    else this.#marks.delete(key(conversationId, lane));
    // It was sent while it was being saved: it has another id by now, and its own draft ends with the message.
    if (now.id !== asked.id) return;
    if (outcome === "saved") {
      this.#unanswered.delete(conversationId);
      const { [lane]: _, ...others } = now.bases;
      const bases = draft ? { ...others, [lane]: { version, id: now.id } } : others;
      const isTouched = now.message !== asked.message;
      this.#put(conversationId, { ...now, bases, isTouched });
      if (isTouched) this.#saveSoon(conversationId);
      return;
    }
    const known = draft ? this.#known(conversationId, now, [draft]) : now;
    if (known !== now) {
      this.#put(conversationId, known);
      return this.#saveSoon(conversationId, 0);
    }
    // From here on they are two drafts, each with a message of its own.
    this.#put(conversationId, { ...now, id: this.options.fresh() });
    if (draft) this.#offer(conversationId, [draft, ...this.#remote(conversationId)]);
    else this.#saveSoon(conversationId);
  }

  #send(
    conversationId: string,
    message: NewMessage,
    id: string,
    base: Base | undefined,
  ): Promise<DraftSaved> {
    const { content, lane, reply_to } = message;
    const fields: DraftFields = {
      client_msg_id: id,
      text: isBlank(content.text) ? "" : content.text,
      lane,
      format: written(content.text).format,
      since: base?.version ?? 0,
      reply_to,
    };
    return this.options.rest.send("PUT", `/chat/conversations/${conversationId}/drafts`, fields);
  }

  /** Empties a lane's draft, if it is still the one that was seen. */
  async #empty(conversationId: string, lane: LaneName, { version, id }: Base): Promise<void> {
    const { bases, ...record } = this.#record(conversationId);
    const { [lane]: _, ...rest } = bases;
    try {
      await this.#send(conversationId, textMessage("", lane), id, { version, id });
      this.#put(conversationId, { ...record, bases: rest });
    } catch {
      // It is still there, and will be offered again.
    }
  }

  /** What is kept may be of this tab, whose save was never answered. */
  #known(conversationId: string, record: Record, kept: readonly Draft[]): Record {
    const texts = this.#unanswered.get(conversationId) ?? [];
    const own = kept.find((draft) => draft.client_msg_id === record.id && texts.includes(draft.text));
    if (!own) return record;
    this.#unanswered.delete(conversationId);
    const { lane, version, client_msg_id: id } = own;
    return { ...record, bases: { ...record.bases, [lane]: { version, id } } };
  }

  #remote(conversationId: string): readonly Draft[] {
    return this.#beside.get(conversationId) ?? [];
  }

  #record(conversationId: string): Record {
    let record = this.#records.get(conversationId);
    if (!record) {
      record = this.#kept.get(conversationId) ?? emptyRecord(this.options.fresh());
      this.#records.set(conversationId, record);
    }
    return record;
  }

  #put(conversationId: string, record: Record): void {
    this.#records.set(conversationId, record);
    this.#kept.set(conversationId, record);
    this.#list(conversationId);
    this.#told();
  }

  #offer(conversationId: string, others: readonly Draft[]): void {
    this.#beside.set(conversationId, others);
    this.#list(conversationId);
    this.#told();
  }

  #list(conversationId: string): readonly Draft[] {
    const others = [...this.#record(conversationId).asides, ...this.#remote(conversationId)];
    const before = this.#others.get(conversationId);
    if (before?.length === others.length && before.every((other, index) => other === others[index]))
      return before;
    this.#others.set(conversationId, others);
    return others;
  }

  #told(): void {
    for (const listener of this.#listeners) listener();
  }
}

const LANES: readonly LaneName[] = ["public", "team"];
const key = (conversationId: string, lane: LaneName): string => `${conversationId} ${lane}`;
