import { afterClose, backoff, waitAfterClose } from "./backoff";
import type { Cancel, Clock } from "./clock";
import { asChatError, ChatError, disconnected } from "./errors";
import {
  type AdminRequest,
  type Authenticated,
  type ErrorEvent,
  type Reconnected,
  type ServerEvent,
  type Since,
  FRAME_BYTES,
  VERSION,
} from "../protocol";
import { type Answer, type Question, Requests, type Signal } from "./requests";
import type { Wakeups } from "./wakeups";

/** From the first byte to `authenticated`; after it the attempt counts as failed. */
const HANDSHAKE_MS = 10_000;
/** Milliseconds by which a heartbeat may be later than promised. */
const HEARTBEAT_SLACK_MS = 10_000;
/** Milliseconds the server may take to answer when a wake-up asks whether the line still holds. */
const PROBE_MS = 5_000;
/** A connection that lasted this long was a good one: waiting starts anew after it. */
const STABLE_MS = 5_000;
/** Signals are dropped while this much waits to be sent: a late "typing" is worth nothing. */
const SIGNAL_BACKLOG_BYTES = 16_384;

export type SocketState = "connecting" | "connected" | "disconnected";

export interface SocketStatus {
  /** `disconnected` also while it waits for its next attempt; `stopped` then is absent. */
  state: SocketState;
  /** Attempts in a row that did not get through. */
  failures: number;
  /** Why it will not try again by itself. */
  stopped?: { code: number; message: string };
}

export interface SocketOptions {
  url: string;
  /** A token to authenticate with; `fresh` when the last one was refused or is about to end. */
  token(fresh: boolean): Promise<string>;
  /** The position in each followed conversation. */
  resume(): Record<string, Since>;
  client: { name: string; version: string };
  clock: Clock;
  WebSocket: new (url: string) => WebSocket;
  wakeups: Wakeups;
  onStatus(status: SocketStatus): void;
  onOpen(event: Authenticated | Reconnected): void;
  onEvent(event: ServerEvent): void;
}

/** One connection that heals itself, from `start` to `stop` or until the server says never to come back. */
export class ChatSocket {
  status: SocketStatus = { state: "disconnected", failures: 0 };
  #requests: Requests;
  #socket: WebSocket | undefined;
  /** Makes the callbacks of an abandoned attempt recognisable. */
  #attempt = 0;
  #waits = 0;
  #refusals = 0;
  #heardAt = 0;
  #openedAt = 0;
  #leaveAfterMs: number | undefined;
  #lastError: ErrorEvent | undefined;
  #mayHurry = true;
  #timer: Cancel = () => {};
  #probe: Cancel = () => {};
  #stopWakeups: Cancel | undefined;

  constructor(readonly options: SocketOptions) {
    this.#requests = new Requests(options.clock);
  }

  start(): void {
    if (this.#stopWakeups) return;
    this.#stopWakeups = this.options.wakeups(() => this.#wake());
    this.#refusals = this.#waits = 0;
    void this.#connect();
  }

  stop(): void {
    this.#stopWakeups?.();
    this.#stopWakeups = undefined;
    this.#forget()?.close(1000);
    this.#become({ state: "disconnected", failures: 0 });
  }

  request<Q extends Question>(question: Q): Promise<Answer<Q>> {
    if (this.status.state !== "connected") return Promise.reject(disconnected());
    // The server ends a connection for a frame that is too large, and would each time it came again.
    if (isTooLarge(question)) return Promise.reject(new ChatError("too_large", "This is too long.", false));
    return this.#requests.ask(question, (frame) => this.#socket?.send(JSON.stringify(frame)));
  }

  signal(signal: Signal): void {
    if (this.status.state !== "connected" || !this.#socket) return;
    if (this.#socket.bufferedAmount < SIGNAL_BACKLOG_BYTES) this.#socket.send(JSON.stringify(signal));
  }

  async #connect(): Promise<void> {
    const attempt = ++this.#attempt;
    const current = (): boolean => attempt === this.#attempt;
    const { options } = this;
    this.#become({ state: "connecting", failures: this.status.failures });
    let token: string;
    try {
      token = await options.token(this.#refusals > 0);
    } catch (error) {
      if (current()) this.#withoutToken(asChatError(error));
      return;
    }
    if (!current()) return;
    let socket: WebSocket;
    try {
      socket = new options.WebSocket(options.url);
    } catch {
      // Some browsers throw where the page's policy forbids the address.
      return this.#ended(1006);
    }
    this.#socket = socket;
    this.#lastError = undefined;
    this.#leaveAfterMs = undefined;
    this.#timer = options.clock.after(HANDSHAKE_MS, () => this.#ended(1006));
    socket.onopen = () => {
      const positions = options.resume();
      // Only a client that was here before is told as `reconnected`.
      const resume = Object.keys(positions).length ? positions : undefined;
      const first: AdminRequest = {
        type: "authenticate",
        id: 0,
        token,
        v: VERSION,
        client: options.client,
        resume,
      };
      socket.send(JSON.stringify(first));
    };
    socket.onmessage = ({ data }) => current() && this.#received(data);
    socket.onclose = ({ code }) => current() && this.#ended(code);
  }

  #received(data: unknown): void {
    this.#heardAt = this.options.clock.now();
    this.#probe();
    const event = JSON.parse(data as string) as ServerEvent;
    switch (event.type) {
      case "authenticated":
      case "reconnected":
        return this.#authenticated(event);
      case "ack":
        return this.#requests.acked(event);
      case "error":
        this.#lastError = event;
        this.#requests.refused(event);
        break;
      case "ping":
        this.signal({ type: "pong", t: event.t });
        break;
      case "token_expiring":
        void this.#renew();
        break;
      case "goodbye":
        this.#leaveAfterMs = event.after_ms;
        break;
    }
    this.options.onEvent(event);
  }

  #authenticated(event: Authenticated | Reconnected): void {
    this.#timer();
    this.#openedAt = this.#heardAt;
    this.#watch(event.heartbeat_ms + HEARTBEAT_SLACK_MS);
    this.#become({ state: "connected", failures: 0 });
    this.options.onOpen(event);
  }

  /** One timer for the whole connection: each frame only notes its time. */
  #watch(silenceMs: number): void {
    const left = this.#heardAt + silenceMs - this.options.clock.now();
    if (left <= 0) return this.#ended(4000);
    this.#timer = this.options.clock.after(left, () => this.#watch(silenceMs));
  }

  async #renew(): Promise<void> {
    const attempt = this.#attempt;
    try {
      const token = await this.options.token(true);
      if (attempt === this.#attempt) await this.request({ type: "refresh_token", token });
    } catch {
      // The server closes with 4201 when the old token ends, and that path asks once more.
    }
  }

  /** The attempt or connection is over, whether the other side said so or we gave up on it. */
  #ended(code: number): void {
    const { clock } = this.options;
    const wasConnected = this.status.state === "connected";
    this.#forget()?.close();
    if (wasConnected && clock.now() - this.#openedAt >= STABLE_MS) this.#waits = this.#refusals = 0;
    const failures = wasConnected ? 0 : this.status.failures + 1;
    let action = afterClose(code);
    if (action === "new token" && ++this.#refusals >= 2) action = "stop";
    if (action === "stop") return this.#halt(code, this.#lastError?.message ?? "");
    let wait = waitAfterClose(action, this.#waits, clock);
    if (action === "new token") wait = 0;
    if (code === 1012 && this.#leaveAfterMs !== undefined) wait += this.#leaveAfterMs;
    this.#mayHurry = action !== "back off";
    this.#retryIn(Math.max(wait, this.#mayHurry ? 0 : (this.#lastError?.retry_after_ms ?? 0)), failures);
  }

  #withoutToken(error: ChatError): void {
    if (!error.retryable) return this.#halt(4401, error.message);
    this.#mayHurry = error.retryAfterMs === undefined;
    const wait = error.retryAfterMs ?? backoff(this.#waits, this.options.clock);
    this.#retryIn(wait, this.status.failures + 1);
  }

  #retryIn(ms: number, failures: number): void {
    this.#waits++;
    this.#timer = this.options.clock.after(ms, () => void this.#connect());
    this.#become({ state: "disconnected", failures });
  }

  #halt(code: number, message: string): void {
    this.#stopWakeups?.();
    this.#stopWakeups = undefined;
    this.#become({ state: "disconnected", failures: this.status.failures + 1, stopped: { code, message } });
  }

  /** Something changed around us: come back at once, or find out whether the line still holds. */
  #wake(): void {
    if (this.status.state === "connected") {
      this.#probe();
      this.#probe = this.options.clock.after(PROBE_MS, () => this.#ended(4000));
      this.signal({ type: "ping", t: this.options.clock.now() });
    } else if (this.status.state === "disconnected" && this.#mayHurry) {
      this.#timer();
      void this.#connect();
    }
  }

  /** Lets go of the present socket, if any, and of all that waits for it. */
  #forget(): WebSocket | undefined {
    const socket = this.#socket;
    this.#attempt++;
    this.#timer();
    this.#probe();
    this.#socket = undefined;
    this.#requests.lost();
    return socket;
  }

  #become(status: SocketStatus): void {
    this.status = status;
    this.options.onStatus(status);
  }
}

/** Whether a request with its `id` may not fit into a frame; most are so short that nobody has to count their bytes. */
function isTooLarge(question: Question): boolean {
  const text = JSON.stringify(question);
  const room = FRAME_BYTES - 32;
  return text.length > room / 3 && new TextEncoder().encode(text).length > room;
}
