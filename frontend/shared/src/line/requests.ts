import type { Cancel, Clock } from "./clock";
import { ChatError, disconnected } from "./errors";
import type {
  Ack,
  AdminRequest,
  ErrorEvent,
  InboxAck,
  JoinAck,
  RefreshAck,
  RequestId,
  SendAck,
  SyncAck,
} from "../protocol";

/** Milliseconds an answer may take; after that the outcome is unknown and the same `client_msg_id` is sent again. */
export const ANSWER_MS = 10_000;
const MOST_AT_ONCE = 256;

type Asked = Extract<AdminRequest, { id: unknown }>;
type WithoutId<T> = T extends unknown ? Omit<T, "id"> : never;
/** A request that is answered, without the `id` that it gets when it is sent. */
export type Question = WithoutId<Asked>;
/** A frame that nobody answers. */
export type Signal = Exclude<AdminRequest, Asked>;

/** The answer that a kind of request gets. */
export type Answer<Q extends Question> = Q["type"] extends
  "send_message" | "edit_message" | "delete_message" | "react"
  ? SendAck
  : Q["type"] extends "join_conversation"
    ? JoinAck
    : Q["type"] extends "sync"
      ? SyncAck
      : Q["type"] extends "follow_inbox"
        ? InboxAck
        : Q["type"] extends "refresh_token"
          ? RefreshAck
          : Ack;

interface Waiting {
  resolve(ack: Ack): void;
  reject(error: ChatError): void;
  cancel: Cancel;
}

/** The requests of one socket that have no answer yet. */
export class Requests {
  #waiting = new Map<number, Waiting>();
  #next = 1;

  constructor(readonly clock: Clock) {}

  /** Gives the request an `id`, hands it to `send`, and resolves with its ack or rejects with a `ChatError`. */
  ask<Q extends Question>(question: Q, send: (frame: Q & { id: number }) => void): Promise<Answer<Q>> {
    if (this.#waiting.size >= MOST_AT_ONCE) {
      return Promise.reject(new ChatError("unavailable", "Too many wait.", true));
    }
    const id = this.#next++;
    return new Promise<Ack>((resolve, reject) => {
      const late = (): void => this.#settle(id)?.reject(new ChatError("timeout", "No answer came.", true));
      this.#waiting.set(id, { resolve, reject, cancel: this.clock.after(ANSWER_MS, late) });
      send({ ...question, id });
    }) as Promise<Answer<Q>>;
  }

  acked(ack: Ack): void {
    this.#settle(ack.re)?.resolve(ack);
  }

  refused(error: ErrorEvent): void {
    const { re, code, message, retryable, retry_after_ms } = error;
    this.#settle(re)?.reject(new ChatError(code, message, retryable, retry_after_ms));
  }

  /** Rejects all that wait: the socket is gone, and their outcome is unknown. */
  lost(): void {
    for (const id of [...this.#waiting.keys()]) this.#settle(id)?.reject(disconnected());
  }

  #settle(id: RequestId | undefined): Waiting | undefined {
    const waiting = this.#waiting.get(id as number);
    this.#waiting.delete(id as number);
    waiting?.cancel();
    return waiting;
  }
}
