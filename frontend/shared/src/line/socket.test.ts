import { beforeEach, describe, expect, test } from "vitest";
import { afterClose, backoff, type AfterClose } from "./backoff";
import { ChatError } from "./errors";
import type { ServerEvent, Since } from "../protocol";
import { ChatSocket, type SocketStatus } from "./socket";
import { asWebSocket, AUTHENTICATED, FakeSocket, ManualClock } from "../../tests/support";

let clock: ManualClock;
let socket: ChatSocket;
let tokens: boolean[];
let statuses: SocketStatus["state"][];
let events: ServerEvent[];
let positions: Record<string, Since>;
let wake: () => void;
let token: () => Promise<string>;

beforeEach(async () => {
  FakeSocket.all = [];
  clock = new ManualClock();
  tokens = [];
  statuses = [];
  events = [];
  positions = {};
  token = async () => `token ${tokens.length}`;
  socket = new ChatSocket({
    url: "ws://chat/ws/widget",
    token: (fresh) => {
      tokens.push(fresh);
      return token();
    },
    resume: () => positions,
    client: { name: "test", version: "1" },
    clock,
    WebSocket: asWebSocket,
    wakeups: (task) => {
      wake = task;
      return () => (wake = () => {});
    },
    onStatus: ({ state }) => statuses.push(state),
    onOpen: () => {},
    onEvent: (event) => events.push(event),
  });
});

async function connected(): Promise<FakeSocket> {
  socket.start();
  await clock.advance(0);
  FakeSocket.last.welcomes();
  return FakeSocket.last;
}

describe("getting in", () => {
  test("the token travels in the first frame, never in the address", async () => {
    const { url, sent } = await connected();
    expect(url).toBe("ws://chat/ws/widget");
    expect(sent[0]).toMatchObject({ type: "authenticate", id: 0, token: "token 1", v: 1 });
    expect(sent[0]).not.toHaveProperty("resume");
    expect(statuses).toEqual(["connecting", "connected"]);
  });

  test("a reconnect says where each conversation stands", async () => {
    (await connected()).drops(1006);
    positions = { a: { since: 7 } };
    await clock.advance(500);
    FakeSocket.last.onopen?.();
    expect(FakeSocket.last.sent[0]).toMatchObject({ resume: { a: { since: 7 } } });
  });

  test("silence instead of an answer is given up after ten seconds", async () => {
    socket.start();
    await clock.advance(9_999);
    expect(FakeSocket.all).toHaveLength(1);
    await clock.advance(10_001);
    expect(FakeSocket.all.length).toBeGreaterThan(1);
    expect(socket.status.failures).toBeGreaterThan(0);
  });

  test("a token that cannot be had for now is asked for again", async () => {
    token = () => Promise.reject(new ChatError("unavailable", "later", true));
    socket.start();
    await clock.advance(0);
    token = async () => "good";
    await clock.advance(500);
    expect(FakeSocket.all).toHaveLength(1);
  });

  test("a token that is refused for good ends it", async () => {
    token = () => Promise.reject(new ChatError("auth_failed", "signed out", false));
    socket.start();
    await clock.advance(60_000);
    expect(FakeSocket.all).toHaveLength(0);
    expect(socket.status.stopped).toEqual({ code: 4401, message: "signed out" });
  });
});

describe("close codes", () => {
  const table: [number, AfterClose][] = [
    ...[1000, 1001, 1005, 1006, 1011, 1012, 1013].map((code): [number, AfterClose] => [code, "reconnect"]),
    ...[4000, 4001, 4002, 4099].map((code): [number, AfterClose] => [code, "soon"]),
    ...[4101, 4102, 4199].map((code): [number, AfterClose] => [code, "back off"]),
    ...[4200, 4201, 4202, 4401].map((code): [number, AfterClose] => [code, "new token"]),
    ...[4400, 4406, 4409, 4499].map((code): [number, AfterClose] => [code, "stop"]),
  ];
  test.each(table)("%i asks to %s", (code, action) => expect(afterClose(code)).toBe(action));

  test("waiting grows from half a second to twenty, with full jitter", () => {
    clock.chance = 0.999999;
    const longest = [0, 1, 2, 5, 6, 40].map((attempt) => Math.round(backoff(attempt, clock)));
    expect(longest).toEqual([500, 1000, 2000, 16_000, 20_000, 20_000]);
    clock.chance = 0;
    expect(backoff(9, clock)).toBe(0);
  });

  test("a restarting server is left alone as long as it says", async () => {
    const server = await connected();
    server.says({ type: "goodbye", reason: "restart", after_ms: 3_000 });
    server.drops(1012);
    await clock.advance(2_999);
    expect(FakeSocket.all).toHaveLength(1);
    await clock.advance(1_000);
    expect(FakeSocket.all).toHaveLength(2);
  });

  test("an overloaded one waits for at least what it asks, whatever wakes us", async () => {
    const server = await connected();
    server.says({ type: "error", code: "rate_limited", message: "", retryable: true, retry_after_ms: 9_000 });
    server.drops(4101);
    wake();
    await clock.advance(8_900);
    expect(FakeSocket.all).toHaveLength(1);
    await clock.advance(200);
    expect(FakeSocket.all).toHaveLength(2);
  });

  test.each([4201, 4401])(
    "a token refused with %i is renewed once; refused twice, it stops",
    async (code) => {
      (await connected()).drops(code);
      await clock.advance(0);
      expect(tokens).toEqual([false, true]);
      FakeSocket.last.drops(code);
      await clock.advance(60_000);
      expect(FakeSocket.all).toHaveLength(2);
      expect(socket.status.stopped?.code).toBe(code);
    },
  );

  test("what is refused for good stops and says why", async () => {
    const server = await connected();
    server.says({
      type: "error",
      code: "rate_limited",
      message: "You have too many connections.",
      retryable: false,
    });
    server.drops(4409);
    wake();
    await clock.advance(600_000);
    expect(FakeSocket.all).toHaveLength(1);
    expect(socket.status).toMatchObject({
      stopped: { code: 4409, message: "You have too many connections." },
    });
  });

  test("connections that break at once wait longer each time", async () => {
    await connected();
    const waits: number[] = [];
    for (let round = 0; round < 7; round++) {
      const [from, sockets] = [clock.now(), FakeSocket.all.length];
      FakeSocket.last.drops(1011);
      while (FakeSocket.all.length === sockets) await clock.advance(50);
      waits.push(clock.now() - from);
      FakeSocket.last.welcomes();
    }
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000]);
  });
});

describe("a line that went dead", () => {
  test("is given up ten seconds after a heartbeat that did not come", async () => {
    const server = await connected();
    await clock.advance(30_000);
    server.says({ type: "ping", t: 1, heads: {} });
    await clock.advance(34_999);
    expect(socket.status.state).toBe("connected");
    await clock.advance(1);
    expect(socket.status.state).not.toBe("connected");
  });

  test("answers each ping", async () => {
    const server = await connected();
    server.says({ type: "ping", t: 42, heads: {} });
    expect(server.frames("pong")).toEqual([{ type: "pong", t: 42 }]);
  });

  test("is found out at once after a wake-up", async () => {
    const server = await connected();
    wake();
    expect(server.frames("ping")).toHaveLength(1);
    await clock.advance(5_000);
    expect(socket.status.state).not.toBe("connected");
  });

  test("and kept when it answers", async () => {
    const server = await connected();
    wake();
    server.says({ type: "pong", t: 1 });
    await clock.advance(20_000);
    expect(FakeSocket.all).toHaveLength(1);
    expect(socket.status.state).toBe("connected");
  });

  test("a wake-up ends the wait for the next attempt", async () => {
    (await connected()).drops(1006);
    clock.chance = 0.9;
    wake();
    await clock.advance(0);
    expect(FakeSocket.all).toHaveLength(2);
  });
});

describe("requests", () => {
  const question = { type: "follow_inbox" } as const;

  test("are answered by the frame that bears their id", async () => {
    const server = await connected();
    const [first, second] = [socket.request(question), socket.request(question)];
    const [a, b] = server.frames("follow_inbox").map(({ id }) => id);
    server.says({ type: "ack", re: b });
    server.says({ type: "error", re: a, code: "forbidden", message: "no", retryable: false });
    await expect(second).resolves.toMatchObject({ re: b });
    await expect(first).rejects.toMatchObject({ code: "forbidden", retryable: false });
  });

  test("end with the connection, and after ten seconds without an answer", async () => {
    const server = await connected();
    const lost = socket.request(question);
    server.drops(1006);
    await expect(lost).rejects.toMatchObject({ code: "disconnected", retryable: true });
    await clock.advance(500);
    FakeSocket.last.welcomes();
    const late = expect(socket.request(question)).rejects.toMatchObject({ code: "timeout", retryable: true });
    await clock.advance(10_000);
    await late;
  });

  test("have a bound", async () => {
    await connected();
    for (let i = 0; i < 256; i++) socket.request(question).catch(() => {});
    await expect(socket.request(question)).rejects.toMatchObject({ code: "unavailable" });
    socket.stop();
  });

  test("a token about to end is renewed over the same connection", async () => {
    const server = await connected();
    server.says({ type: "token_expiring", expires_at: "2026-01-01T00:00:00Z" });
    await clock.advance(0);
    expect(tokens).toEqual([false, true]);
    expect(server.frames("refresh_token")).toMatchObject([{ token: "token 2" }]);
    expect(FakeSocket.all).toHaveLength(1);
  });

  test("signals are dropped when the line is choked or down", async () => {
    const server = await connected();
    server.bufferedAmount = 1_000_000;
    socket.signal({ type: "typing_start", conversation_id: "c" });
    expect(server.frames("typing_start")).toEqual([]);
  });
});

test("after stop nothing happens any more", async () => {
  const server = await connected();
  socket.stop();
  expect(server.closed).toBe(1000);
  server.says(AUTHENTICATED);
  server.drops(1006);
  await clock.advance(600_000);
  expect(FakeSocket.all).toHaveLength(1);
  expect(clock.waiting).toBe(0);
});

test("a request that fits into no frame is refused here, for the server would end the connection each time", async () => {
  const { sent } = await connected();
  const before = sent.length;
  const ask = (text: string): Promise<unknown> =>
    socket.request({
      type: "send_message",
      conversation_id: "c",
      client_msg_id: "m",
      content: { type: "text", text },
      lane: "public",
    });
  for (const text of ["\u0001".repeat(16_000), "🔥".repeat(16_400)]) {
    await expect(ask(text)).rejects.toMatchObject({ code: "too_large", retryable: false });
  }
  expect(sent).toHaveLength(before);
  void ask("🔥".repeat(15_900)).catch(() => {});
  expect(sent).toHaveLength(before + 1);
});
