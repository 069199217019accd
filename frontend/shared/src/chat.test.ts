import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ChatClient } from "./chat";
import type { LogEntry } from "./protocol";
import { ItemStore } from "./line/storage";
import { textMessage } from "./log/new-message";
import { timeline } from "./log/timeline";
import { AGENT, asWebSocket, FakeSocket, ManualClock, ME, message } from "../tests/support";

let clock: ManualClock;
let chat: ChatClient;
let log: LogEntry[];
let posted: Record<string, unknown>[];
let marked: Record<string, unknown>[];
let isDown: boolean;
let epoch: string;

/** The REST side of a server with one conversation. */
const fetcher: typeof fetch = async (input, init) => {
  const url = new URL(String(input));
  if (isDown) throw new TypeError("Failed to fetch");
  if (init?.method === "POST") {
    const body = JSON.parse(String(init.body)) as Record<string, unknown>;
    if (url.pathname.endsWith("/marks")) {
      marked.push(body);
      return Response.json({}, { status: 202 });
    }
    posted.push(body);
    log.push(message(log.length + 1, { sender: ME, ...body }));
    return Response.json({ seq: log.length });
  }
  const since = Number(url.searchParams.get("since"));
  if (url.pathname.endsWith("/events")) {
    const items = log.filter(({ seq }) => seq > since);
    if (!items.length && url.searchParams.get("wait") !== "0")
      await new Promise<void>((go) => clock.after(25_000, go));
    return Response.json({ items, head: log.length, epoch });
  }
  const before = Number(url.searchParams.get("before") ?? log.length + 1);
  return Response.json({ items: log.filter(({ seq }) => seq < before).slice(-50), head: log.length, epoch });
};

beforeEach(() => {
  FakeSocket.all = [];
  clock = new ManualClock();
  log = [];
  posted = [];
  marked = [];
  isDown = false;
  epoch = "first";
  chat = new ChatClient({
    surface: "widget",
    origin: "https://chat.example",
    token: async () => "token",
    version: "1",
    store: new ItemStore(),
    scope: "me",
    tab: "tab",
    clock,
    WebSocket: asWebSocket,
    fetch: fetcher,
    wakeups: () => () => {},
  });
});

afterEach(() => chat.stop());

const texts = (): string[] =>
  timeline(chat.join("conversation").view.conversation).map((item) =>
    item.kind === "message" && item.content.type === "text" ? item.content.text : item.kind,
  );

const say = (entry: LogEntry): void => {
  log.push(entry);
  FakeSocket.last.says(entry);
};

async function online(): Promise<void> {
  chat.start();
  chat.join("conversation");
  await clock.advance(0);
  FakeSocket.last.welcomes();
  await clock.advance(0);
  acksJoin();
  await clock.advance(0);
}

function acksJoin(): void {
  acks("join_conversation", {
    conversation_id: "conversation",
    status: "ok",
    head: log.length,
    epoch,
    marks: [],
    presence: [],
    typing: [],
  });
}

/** Cuts the connection, and lets the next one get in with these places. */
async function comesBack(conversation: object, extra: object = {}): Promise<void> {
  FakeSocket.last.drops(1006);
  await clock.advance(500);
  FakeSocket.last.welcomes({ type: "reconnected", epoch, conversations: { conversation }, ...extra });
  await clock.advance(0);
}

/** Entries that were visible and are gone, and others in their place: a restore, or a failover that lost something. */
function isReplacedBy(entries: LogEntry[]): void {
  log = entries;
  epoch = "second";
}

/** Answers the latest request of a type. */
function acks(type: string, answer: object): void {
  FakeSocket.last.says({ type: "ack", re: FakeSocket.last.frames(type).at(-1)!["id"], ...answer });
}

test("history comes first, and the join goes on after it", async () => {
  log = [message(1), message(2)];
  await online();
  expect(FakeSocket.last.frames("join_conversation")).toMatchObject([{ since: 2 }]);
  say(message(3));
  expect(texts()).toEqual(["text 1", "text 2", "text 3"]);
  expect(chat.status).toEqual({ state: "connected", transport: "socket" });
});

test("a message shows at once, and once, whichever of ack and entry comes first", async () => {
  await online();
  const room = chat.join("conversation");
  const id = room.send(textMessage("hello"));
  expect(texts()).toEqual(["pending"]);
  acks("send_message", { client_msg_id: id, seq: 1 });
  await clock.advance(0);
  expect(room.view.conversation.pending).toMatchObject([{ state: "sent" }]);
  say(message(1, { sender: ME, client_msg_id: id, content: { type: "text", text: "hello" } }));
  expect(texts()).toEqual(["hello"]);

  const second = room.send(textMessage("again"));
  say(message(2, { sender: ME, client_msg_id: second, content: { type: "text", text: "again" } }));
  acks("send_message", { client_msg_id: second, seq: 2 });
  await clock.advance(0);
  expect(texts()).toEqual(["hello", "again"]);
  expect(chat.outbox.of("conversation")).toEqual([]);
});

test("a message goes out as it was written, whatever it says", async () => {
  await online();
  const said = { ...textMessage("Yes"), answers: 7 };
  const client_msg_id = chat.join("conversation").send(said);
  const [frame] = FakeSocket.last.frames("send_message");
  const around = { type: "send_message", id: frame!["id"], conversation_id: "conversation", client_msg_id };
  expect(frame).toEqual({ ...said, ...around });
});

test("what was written offline is sent, with the same id, after the return", async () => {
  await online();
  const id = chat.join("conversation").send(textMessage("lost on the way"));
  FakeSocket.last.drops(1006);
  chat.join("conversation").send(textMessage("written offline"));
  await clock.advance(500);
  FakeSocket.last.welcomes({
    type: "reconnected",
    conversations: { conversation: { status: "ok", head: 0 } },
  });
  await clock.advance(0);
  expect(FakeSocket.last.sent[0]).toMatchObject({ resume: { conversation: { since: 0 } } });
  expect(FakeSocket.last.frames("send_message")).toMatchObject([{ client_msg_id: id }]);
});

test("the first frame stays below 8 KiB however many conversations are open", async () => {
  epoch = "0123abcd";
  log = [message(1, { message_id: "00000000-0000-7000-8000-000000000000" })];
  await online();
  const many = Array.from({ length: 300 }, (_, number) =>
    `00000000-0000-7000-8000-${number}`.padEnd(36, "0"),
  );
  for (const id of many) chat.join(id);
  await clock.advance(0);
  FakeSocket.last.drops(1006);
  await clock.advance(500);
  FakeSocket.last.welcomes();
  await clock.advance(0);
  const first = FakeSocket.last.sent[0] as { resume: object };
  expect(Object.keys(first.resume).length).toBeGreaterThan(1);
  expect(JSON.stringify(first).length).toBeLessThan(8192 - 256);
});

test("a resume brings marks and typing, so nothing is joined again", async () => {
  log = [message(1), message(2)];
  await online();
  const mark = { user_id: AGENT.id, role: "agent", delivered_seq: 2, read_seq: 1 };
  const typist = {
    user_id: AGENT.id,
    user_name: "Grace",
    role: "agent",
    is_typing: true,
    expires_in_ms: 9_000,
  };
  await comesBack({ status: "ok", head: 2, epoch, marks: [mark], typing: [typist] });
  const { conversation, isJoined } = chat.join("conversation").view;
  expect(conversation.marks.get(AGENT.id)).toEqual(mark);
  expect(conversation.typing).toMatchObject([{ user_name: "Grace" }]);
  expect(isJoined).toBe(true);
  await clock.advance(10_000);
  expect(FakeSocket.last.frames("join_conversation")).toEqual([]);
  // Marks that the lost connection may not have told are told again.
  expect(FakeSocket.last.frames("mark_delivered")).toMatchObject([{ seq: 2 }]);
});

test("whoever stopped typing while we were away types no longer", async () => {
  await online();
  FakeSocket.last.says({
    type: "typing_indicator",
    conversation_id: "conversation",
    user_id: AGENT.id,
    user_name: "Grace",
    role: "agent",
    is_typing: true,
    expires_in_ms: 60_000,
  });
  expect(chat.join("conversation").view.conversation.typing).toHaveLength(1);
  await comesBack({ status: "ok", head: 0, epoch, marks: [], typing: [] });
  expect(chat.join("conversation").view.conversation.typing).toEqual([]);
});

test("where a resume brings no marks, the room is joined for them", async () => {
  log = [message(1)];
  await online();
  await comesBack({ status: "ok", head: 1 });
  expect(FakeSocket.last.frames("join_conversation")).toHaveLength(1);
});

test("a resume says of which log its numbers are", async () => {
  log = [message(1), message(2)];
  await online();
  say(message(3));
  FakeSocket.last.drops(1006);
  await clock.advance(500);
  FakeSocket.last.welcomes();
  const place = { since: 3, epoch: "first", message_id: "m3" };
  expect(FakeSocket.last.sent[0]).toMatchObject({ resume: { conversation: place } });
  await clock.advance(0);
  expect(FakeSocket.last.frames("join_conversation")).toMatchObject([place]);
});

test("after a reset there is exactly what the log holds, whatever the numbers", async () => {
  log = [message(1), message(2)];
  await online();
  chat.join("conversation").markRead();
  await clock.advance(1_000);
  const other = message(2, { message_id: "another", content: { type: "text", text: "M2" } });
  isReplacedBy([message(1), other, message(3)]);
  await comesBack({ status: "reset", head: 3, epoch, marks: [], typing: [] });
  await clock.advance(0);
  expect(texts()).toEqual(["text 1", "M2", "text 3"]);
  expect(chat.join("conversation").view.isJoined).toBe(false);
  acksJoin();
  await clock.advance(0);
  expect(chat.join("conversation").view.isJoined).toBe(true);
  say(message(4));
  expect(texts()).toEqual(["text 1", "M2", "text 3", "text 4"]);
  // Marks begin anew too: they are of other messages.
  log = log.slice(0, 1);
  await comesBack({ status: "reset", head: 1, epoch: "third", marks: [], typing: [] });
  acksJoin();
  await clock.advance(0);
  chat.join("conversation").markRead();
  await clock.advance(1_000);
  expect(FakeSocket.last.frames("mark_read")).toMatchObject([{ seq: 1 }]);
});

test("a page or a join of another log has what was known loaded anew", async () => {
  log = [message(1), message(2)];
  await online();
  isReplacedBy([message(1, { message_id: "another", content: { type: "text", text: "new" } })]);
  await comesBack({ status: "ok", head: 1 });
  acksJoin();
  await clock.advance(0);
  expect(texts()).toEqual(["new"]);
});

test("the long poll notices another log", async () => {
  log = [message(1), message(2)];
  chat.start();
  chat.join("conversation");
  await clock.advance(0);
  for (let tries = 0; tries < 3; tries++) {
    FakeSocket.last.drops(1006);
    await clock.advance(20_000);
  }
  expect(chat.status.transport).toBe("poll");
  isReplacedBy([message(1), message(2, { message_id: "another", content: { type: "text", text: "new" } })]);
  await clock.advance(60_000);
  expect(texts()).toEqual(["text 1", "new"]);
});

test("where WebSockets are blocked, what was seen is told by REST, and told again by the socket", async () => {
  log = [message(1), message(2)];
  chat.start();
  const room = chat.join("conversation");
  await clock.advance(0);
  room.markRead();
  for (let tries = 0; tries < 3; tries++) {
    FakeSocket.last.drops(1006);
    await clock.advance(20_000);
  }
  expect(chat.status.transport).toBe("poll");
  expect(marked).toContainEqual({ read_seq: 2 });
  // Typing is not worth a request.
  room.typing.typed();
  await clock.advance(1_000);
  expect(posted).toEqual([]);
});

test("what was loaded of a log that is gone does not mix with the next", async () => {
  log = Array.from({ length: 60 }, (_, index) => message(index + 1));
  await online();
  isReplacedBy([message(1, { content: { type: "text", text: "new" } })]);
  await chat.join("conversation").loadOlder();
  await clock.advance(0);
  expect(texts()).toEqual(["new"]);
});

test("versions of another log are not compared with ours", async () => {
  await online();
  const known = { user_id: AGENT.id, role: "agent", status: "online", last_seen: null, version: 9 } as const;
  FakeSocket.last.says({ type: "presence_update", ...known });
  let replaced = 0;
  chat.on("replaced", () => replaced++);
  await comesBack({ status: "ok", head: 0 });
  expect(replaced).toBe(0);
  isReplacedBy([]);
  await comesBack({ status: "reset", head: 0, epoch });
  expect(replaced).toBe(1);
  FakeSocket.last.says({ type: "presence_update", ...known, status: "away", version: 3 });
  expect(chat.presence.get(AGENT.id)?.status).toBe("away");
});

test("a hole is asked for and filled", async () => {
  await online();
  FakeSocket.last.says(message(2));
  await clock.advance(0);
  expect(FakeSocket.last.frames("sync")).toMatchObject([{ since: 0 }]);
  FakeSocket.last.says(message(1));
  expect(texts()).toEqual(["text 1", "text 2"]);
});

test("a message of our own stays in sight while its entry waits behind a hole", async () => {
  await online();
  chat.join("conversation").send(textMessage("mine"));
  await clock.advance(0);
  const [{ client_msg_id }] = FakeSocket.last.frames("send_message") as [{ client_msg_id: string }];
  FakeSocket.last.says(message(2, { client_msg_id, sender: ME }));
  expect(texts()).toEqual(["pending"]);
  FakeSocket.last.says(message(1));
  expect(texts()).toEqual(["text 1", "text 2"]);
  expect(chat.outbox.of("conversation")).toEqual([]);
});

test("a heartbeat tells of a message that never came", async () => {
  await online();
  FakeSocket.last.says({ type: "ping", t: 1, heads: { conversation: 1 } });
  await clock.advance(999);
  expect(FakeSocket.last.frames("sync")).toEqual([]);
  await clock.advance(1);
  expect(FakeSocket.last.frames("sync")).toMatchObject([{ since: 0 }]);
});

test("a server that forgot the past makes the room begin anew", async () => {
  log = [message(1), message(2), message(3)];
  await online();
  log = [message(1, { content: { type: "text", text: "restored" } })];
  FakeSocket.last.drops(1006);
  await clock.advance(500);
  FakeSocket.last.welcomes({ type: "reconnected", conversations: { conversation: { status: "reset" } } });
  await clock.advance(0);
  expect(texts()).toEqual(["restored"]);
});

test("older pages come on demand until the beginning", async () => {
  log = Array.from({ length: 120 }, (_, index) => message(index + 1));
  await online();
  const room = chat.join("conversation");
  expect([texts().length, room.view.hasOlder]).toEqual([50, true]);
  await room.loadOlder();
  await room.loadOlder();
  expect([texts().length, room.view.hasOlder]).toEqual([120, false]);
});

test("what has come is told as delivered, what was seen as read", async () => {
  await online();
  say(message(1));
  await clock.advance(1_000);
  expect(FakeSocket.last.frames("mark_delivered")).toMatchObject([{ seq: 1 }]);
  chat.join("conversation").markRead();
  await clock.advance(1_000);
  expect(FakeSocket.last.frames("mark_read")).toMatchObject([{ seq: 1 }]);
});

test("typing is told at most every two seconds and ended after three of silence", async () => {
  await online();
  const { typing } = chat.join("conversation");
  for (let i = 0; i < 10; i++) {
    typing.typed();
    await clock.advance(300);
  }
  expect(FakeSocket.last.frames("typing_start")).toHaveLength(2);
  expect(FakeSocket.last.frames("typing_stop")).toHaveLength(0);
  await clock.advance(3_000);
  expect(FakeSocket.last.frames("typing_stop")).toHaveLength(1);
});

test("presence keeps the newest state of each person", async () => {
  await online();
  const presence = { type: "presence_update", user_id: 2, role: "agent", last_seen: null };
  FakeSocket.last.says({ ...presence, status: "online", version: 2 });
  FakeSocket.last.says({ ...presence, status: "offline", version: 1 });
  expect(chat.presence.get(2)?.status).toBe("online");
});

describe("where WebSockets are blocked", () => {
  async function blocked(): Promise<void> {
    chat.start();
    chat.join("conversation");
    for (let attempt = 0; attempt < 2; attempt++) {
      await clock.advance(0);
      FakeSocket.last.drops(1006);
      await clock.advance(1_000);
    }
  }

  test("messages come and go by long poll", async () => {
    log = [message(1)];
    await blocked();
    expect(chat.status).toEqual({ state: "connected", transport: "poll" });
    log.push(message(2));
    const said = { ...textMessage("by post"), answers: 7 };
    const client_msg_id = chat.join("conversation").send(said);
    await clock.advance(26_000);
    expect(posted).toEqual([{ ...said, client_msg_id }]);
    expect(texts()).toEqual(["text 1", "text 2", "by post"]);
  });

  test("the socket takes over again as soon as it gets through", async () => {
    await blocked();
    await clock.advance(20_000);
    FakeSocket.last.welcomes();
    expect(chat.status).toEqual({ state: "connected", transport: "socket" });
    chat.join("conversation").send(textMessage("by socket"));
    await clock.advance(0);
    expect(posted).toEqual([]);
    expect(FakeSocket.last.frames("send_message")).toHaveLength(1);
  });

  test("a server that is simply down is not taken for a blocked socket", async () => {
    log = [message(1)];
    await online();
    isDown = true;
    FakeSocket.last.drops(1006);
    for (let attempt = 0; attempt < 3; attempt++) {
      await clock.advance(5_000);
      FakeSocket.last.drops(1006);
    }
    expect(chat.status.state).not.toBe("connected");
    expect(texts()).toEqual(["text 1"]);
  });
});

test("a conversation that is not ours is gone, not retried", async () => {
  chat.options.fetch = fetcher;
  const refuse: typeof fetch = async () =>
    Response.json({ code: "not_found", message: "There is no such conversation." }, { status: 404 });
  chat.rest.options.fetch = refuse;
  const room = chat.join("not-ours");
  await clock.advance(60_000);
  expect(room.view.phase).toBe("gone");
});
