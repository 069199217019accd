import type { Cancel, Clock } from "../src/line/clock";
import type { Authenticated, LogEntry, MessageReceived, Sender, ServerEvent } from "../src/protocol";

/** Lets everything run that waits for nothing but a resolved promise. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Time that moves only when a test says so. */
export class ManualClock implements Clock {
  time = 1_000_000;
  chance = 0.5;
  #tasks = new Set<{ at: number; task: () => void }>();

  now(): number {
    return this.time;
  }

  random(): number {
    return this.chance;
  }

  after(ms: number, task: () => void): Cancel {
    const entry = { at: this.time + ms, task };
    this.#tasks.add(entry);
    return () => this.#tasks.delete(entry);
  }

  get waiting(): number {
    return this.#tasks.size;
  }

  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    await settle();
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.time = Math.max(this.time, next.at);
      this.#tasks.delete(next);
      next.task();
      await settle();
    }
    this.time = end;
  }

  #next(end: number): { at: number; task: () => void } | undefined {
    return [...this.#tasks].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
  }
}

/** The far end of a WebSocket, played by the test. */
export class FakeSocket {
  static all: FakeSocket[] = [];
  static get last(): FakeSocket {
    return FakeSocket.all.at(-1)!;
  }

  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  bufferedAmount = 0;
  sent: Record<string, unknown>[] = [];
  closed: number | undefined;

  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(code = 1005): void {
    this.closed ??= code;
  }

  says(event: object): void {
    this.onmessage?.({ data: JSON.stringify(event) });
  }

  drops(code: number): void {
    this.onclose?.({ code });
  }

  /** Accepts the connection and the token. */
  welcomes(extra: object = {}): void {
    this.onopen?.();
    this.says({ ...AUTHENTICATED, ...extra });
  }

  frames(type: string): Record<string, unknown>[] {
    return this.sent.filter((frame) => frame["type"] === type);
  }
}

export const asWebSocket = FakeSocket as unknown as new (url: string) => WebSocket;

export const ME: Sender = { id: 1, role: "customer", name: "Ada" };
export const AGENT: Sender = { id: 2, role: "agent", name: "Grace" };

export const AUTHENTICATED: Authenticated = {
  type: "authenticated",
  re: 0,
  v: 1,
  connection_id: "c",
  user: ME,
  heartbeat_ms: 25_000,
  timeout_ms: 60_000,
  epoch: "first",
  limits: { frame_bytes: 65_536, text_chars: 16_000, edit_seconds: 900 },
};

export function entry(seq: number, rest: Partial<ServerEvent> | object = {}): LogEntry {
  return {
    type: "message_received",
    conversation_id: "conversation",
    seq,
    message_id: `m${seq}`,
    client_msg_id: `c${seq}`,
    sender: AGENT,
    created_at: new Date(1_700_000_000_000 + seq * 1000).toISOString(),
    content: { type: "text", text: `text ${seq}` },
    ...rest,
  } as LogEntry;
}

export const message = (seq: number, rest: Partial<MessageReceived> = {}): LogEntry => entry(seq, rest);

/** Numbers in [0, 1) from a seed, so that a failing case can be run again. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 4294967296;
  };
}

export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const mixed = [...items];
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [mixed[i], mixed[j]] = [mixed[j]!, mixed[i]!];
  }
  return mixed;
}
