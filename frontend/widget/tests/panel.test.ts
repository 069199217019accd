import { ItemStore, type LogEntry, type Mark } from "@fireside/shared";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { AGENT, entry, FakeSocket, ME, message } from "../../shared/tests/support";
import type { ToLoader, ToPanel } from "../src/loader/messages";

/** The browser around the panel, as far as it asks: there before the panel's modules are. */
const browser = vi.hoisted(() => {
  const around = {
    /** Where the page's events are heard; each test has its own, that no panel of another is told. */
    events: new EventTarget(),
    host: {},
    hidden: false,
    reloads: 0,
    connect: (_: string): object => ({}),
    answer: async (_: string, __?: RequestInit): Promise<Response> => Response.json({}),
  };
  const addEventListener: EventTarget["addEventListener"] = (...of) => around.events.addEventListener(...of);
  Object.assign(globalThis, {
    FIRESIDE_VERSION: "1",
    addEventListener,
    window: {
      addEventListener,
      parent: around.host,
      setTimeout: (task: () => void, ms: number) => setTimeout(task, ms),
    },
    document: {
      addEventListener,
      get hidden() {
        return around.hidden;
      },
      documentElement: { dataset: {}, style: {} },
    },
    location: { origin: "https://chat.example", reload: () => around.reloads++ },
    WebSocket: class {
      constructor(url: string) {
        return around.connect(url);
      }
    },
    fetch: (url: string, init?: RequestInit) => around.answer(url, init),
  });
  return around;
});
const { Panel } = await import("../src/panel/panel");
const { SessionKeeper } = await import("../src/panel/session");

let panel: InstanceType<typeof Panel>;
let store: ItemStore;
/** All that the page around us was told, in order. */
let told: ToLoader[];
let port: { onmessage?: (event: { data: ToPanel }) => void };
/** The server's side: the conversation that a visitor is in, and the log of each. */
let current: string;
let logs: Record<string, LogEntry[]>;
let marks: Mark[];
let isDown: boolean;
let ended: string[];

const PAGE: ToPanel = { fireside: 1, theme: undefined, identity: undefined, logout: undefined, open: true };
const read = (read_seq: number): Mark => ({ user_id: ME.id, role: "customer", delivered_seq: 0, read_seq });

beforeEach(() => {
  vi.useFakeTimers();
  const connect = (url: string): FakeSocket => new FakeSocket(url);
  Object.assign(browser, { events: new EventTarget(), hidden: false, reloads: 0, connect, answer });
  FakeSocket.all = [];
  current = "first";
  logs = { first: [], second: [] };
  marks = [];
  isDown = false;
  told = [];
  ended = [];
  store = new ItemStore();
  const keeper = new SessionKeeper("shop", store, "https://chat.example", fetch);
  panel = new Panel(keeper, store, () => {}, alone);
  port = { postMessage: (news: ToLoader) => told.push(news) } as typeof port;
});

afterEach(() => {
  panel.handler.disconnect();
  vi.useRealTimers();
});

async function answer(url: string, init?: RequestInit): Promise<Response> {
  if (isDown) throw new TypeError("Failed to fetch");
  const [, , kind, id] = new URL(url).pathname.split("/");
  if (init?.method === "DELETE") {
    ended.push(String(new Headers(init.headers).get("authorization")));
    return new Response(null, { status: 204 });
  }
  if (kind === "sessions") {
    const inbox = { name: "Shop", welcome: "", colour: null, agents_online: true };
    return Response.json({
      session_token: "token",
      user: ME,
      conversation_id: current,
      inbox,
      is_identified: false,
    });
  }
  const items = logs[id!]!;
  return Response.json({ items, head: items.length, epoch: "first" });
}

/** No test here has several conversations. */
const alone = (): Promise<never> => Promise.reject(new Error("There is one."));

const soon = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

/** The page around us says how things stand; the first time it brings the port. */
async function pageSays(change: Partial<ToPanel> = {}): Promise<void> {
  const data = { ...PAGE, ...change };
  if (port.onmessage) port.onmessage({ data });
  else
    browser.events.dispatchEvent(
      Object.assign(new Event("message"), { source: browser.host, data, ports: [port] }),
    );
  await soon();
}

/** The socket comes up, and the server lets the panel into its room. */
async function online(): Promise<void> {
  await soon();
  FakeSocket.last.welcomes({ user: ME });
  await letsIn();
}

async function letsIn(): Promise<void> {
  await soon();
  const [join] = FakeSocket.last.frames("join_conversation").slice(-1);
  if (!join) throw new Error("nobody asks to join");
  const head = logs[current]!.length;
  const ack = { type: "ack", re: join["id"], conversation_id: current, status: "ok", head, epoch: "first" };
  FakeSocket.last.says({ ...ack, marks, presence: [], typing: [] });
  await soon();
}

async function comes(one: LogEntry): Promise<void> {
  logs[current]!.push(one);
  FakeSocket.last.says({ ...one, conversation_id: current });
  await soon();
}

async function looksAway(hidden: boolean): Promise<void> {
  browser.hidden = hidden;
  browser.events.dispatchEvent(new Event("visibilitychange"));
  await soon();
}

const last = <K extends keyof ToLoader>(what: K): ToLoader[K] | undefined =>
  told.findLast((news) => what in news)?.[what];

describe("unread", () => {
  beforeEach(async () => {
    logs["first"] = [message(1), message(2, { sender: ME }), message(3)];
    marks = [read(1)];
    store.set("fireside.session.shop", "token");
  });

  test("is what others wrote after the last that was read, and is told to the page", async () => {
    await pageSays({ open: false });
    await online();
    expect(last("unread")).toBe(1);
    await comes(message(4));
    expect(last("unread")).toBe(2);
    await comes(message(5, { sender: ME }));
    expect(last("unread")).toBe(2);
  });

  test("is nothing before the marks are known, so that no page blinks", async () => {
    await pageSays({ open: false });
    await soon();
    expect(panel.handler.room?.view.phase).toBe("ready");
    expect(last("unread")).toBeUndefined();
  });

  test("ends when the panel is opened, and the server hears how far was read", async () => {
    await pageSays({ open: false });
    await online();
    await pageSays({ open: true });
    expect(last("unread")).toBe(0);
    await soon(1_000);
    expect(FakeSocket.last.frames("mark_read")).toMatchObject([{ conversation_id: "first", seq: 3 }]);
  });

  test("grows in a panel that is open where nobody looks", async () => {
    await pageSays();
    await online();
    await looksAway(true);
    await comes(message(4));
    expect(last("unread")).toBe(1);
    await looksAway(false);
    expect(last("unread")).toBe(0);
  });
});

describe("the line above what is new", () => {
  beforeEach(async () => {
    logs["first"] = [message(1), message(2), message(3)];
    marks = [read(2)];
    await pageSays();
    await online();
  });

  test("stands after the last that was read, and stays while one reads on", async () => {
    expect(panel.readLine).toBe(2);
    await comes(message(4));
    expect(panel.readLine).toBe(2);
  });

  test("moves to where one stopped when one comes back to something new", async () => {
    await looksAway(true);
    await comes(message(4));
    await looksAway(false);
    expect(panel.readLine).toBe(3);
  });

  test("goes when one comes back to nothing new", async () => {
    await looksAway(true);
    await looksAway(false);
    expect(panel.readLine).toBeUndefined();
  });
});

describe("an interruption", () => {
  beforeEach(async () => {
    await pageSays();
    await online();
  });

  test("that is over in two seconds is not worth a word", async () => {
    FakeSocket.last.drops(1006);
    await soon(1_000);
    expect(FakeSocket.all).toHaveLength(2);
    FakeSocket.last.welcomes({ user: ME });
    await soon(2_000);
    expect(panel.isLate).toBe(false);
  });

  test("is measured from its own beginning, not from that of one before", async () => {
    FakeSocket.last.drops(1006);
    await soon(1_000);
    FakeSocket.last.welcomes({ user: ME });
    await soon(500);
    FakeSocket.last.drops(1006);
    await soon(500);
    expect(panel.isLate).toBe(false);
    await soon(1_500);
    expect(panel.isLate).toBe(true);
  });

  test("that lasts longer is told, and taken back when it is over", async () => {
    FakeSocket.last.drops(1006);
    await soon(1_999);
    expect(panel.isLate).toBe(false);
    await soon(1);
    expect(panel.isLate).toBe(true);
    FakeSocket.last.welcomes({ user: ME });
    expect(panel.isLate).toBe(false);
  });

  test("is told of after as long in the middle of failing attempts", async () => {
    FakeSocket.last.drops(1006);
    await soon(1_000);
    FakeSocket.last.drops(1006);
    await soon(1_000);
    expect(panel.isLate).toBe(true);
  });
});

test("a server that cannot be reached is tried again by itself, and says so meanwhile", async () => {
  isDown = true;
  await pageSays();
  expect(panel.error).toMatchObject({ retryable: true });
  isDown = false;
  await soon(3_000);
  expect(panel.error).toBeUndefined();
  expect(last("session")).toBe(true);
});

describe("a new conversation after a closed one", () => {
  const closed = { type: "conversation_event", event: "status_changed", data: { status: "closed" } };

  beforeEach(async () => {
    logs["first"] = [message(1), message(2)];
    marks = [read(1)];
    await pageSays({ open: true });
    await online();
    await looksAway(true);
    await comes(message(3));
    await comes(entry(4, closed));
    expect(last("unread")).toBe(1);
    current = "second";
    marks = [];
  });

  test("begins without what was unread and new in the one before", async () => {
    await panel.connect();
    await letsIn();
    expect(panel.handler.room?.id).toBe("second");
    expect(last("unread")).toBe(0);
    expect(panel.readLine).toBeUndefined();
    expect(FakeSocket.last.frames("leave_conversation")).toMatchObject([{ conversation_id: "first" }]);
  });

  test("takes along what the closed one has not taken", async () => {
    panel.handler.sendMessage("And another thing");
    const refused = FakeSocket.last.frames("send_message")[0]!;
    const error = {
      type: "error",
      re: refused["id"],
      code: "invalid",
      message: "It is closed.",
      retryable: false,
    };
    FakeSocket.last.says(error);
    await panel.connect();
    await letsIn();
    expect(FakeSocket.last.frames("send_message").slice(1)).toMatchObject([
      { conversation_id: "second", content: { type: "text", text: "And another thing" } },
    ]);
    expect(panel.handler.client?.outbox.of("first")).toEqual([]);
  });
});

describe("news", () => {
  beforeEach(async () => {
    logs["first"] = [message(1)];
    await pageSays();
    await online();
  });

  test("are told to the page and kept for a screen reader, the latest three", async () => {
    for (let seq = 2; seq <= 5; seq++) await comes(message(seq));
    expect(panel.news.map(({ content }) => content)).toMatchObject([
      { text: "text 3" },
      { text: "text 4" },
      { text: "text 5" },
    ]);
    expect(last("message")).toEqual({ text: "text 5", from: AGENT.name });
  });

  test("are neither one's own, nor history, nor what was deleted", async () => {
    await comes(message(2, { sender: ME }));
    await comes(message(3, { content: { type: "deleted" } }));
    expect(panel.news).toEqual([]);
    expect(last("message")).toBeUndefined();
  });
});

describe("a visitor who comes back", () => {
  /** Sessions that were asked for on this page, by the token of each. */
  let asked: (string | null)[];
  let isOver: boolean;
  /** What the server waits for before it answers. */
  let gate: Promise<void>;

  /** Holds all answers from now on, until the returned function is called. */
  function hold(): () => void {
    let goOn = (): void => {};
    gate = new Promise((resolve) => (goOn = resolve));
    return goOn;
  }

  beforeEach(async () => {
    asked = [];
    isOver = false;
    gate = Promise.resolve();
    logs["first"] = [message(1)];
    await pageSays();
    await online();
    leaves();
  });

  /** The page is left; the next one has nothing but what the browser has kept. */
  function leaves(): void {
    panel.handler.disconnect();
    FakeSocket.all = [];
    browser.events = new EventTarget();
    browser.answer = async (url, init) => {
      const token = new Headers(init?.headers).get("authorization");
      if (url.endsWith("/sessions")) asked.push(token);
      await gate;
      if (isOver && token === "Bearer token")
        return Response.json({ code: "auth_failed", message: "This session is over." }, { status: 401 });
      const response = await answer(url, init);
      if (!isOver || !url.endsWith("/sessions")) return response;
      return Response.json({ ...(await response.json()), session_token: "new", user: AGENT });
    };
    port = { postMessage: (news: ToLoader) => told.push(news) } as typeof port;
    panel = new Panel(
      new SessionKeeper("shop", store, "https://chat.example", fetch),
      store,
      () => {},
      alone,
    );
  }

  test("is let in before the server is asked about the session, and it is asked then", async () => {
    await pageSays();
    expect(FakeSocket.last.url).toBe("wss://chat.example/ws/widget");
    expect(panel.handler.session?.inbox.name).toBe("Shop");
    expect(asked).toEqual([]);
    await online();
    expect(asked).toEqual(["Bearer token"]);
    await soon(20_000);
    expect(asked).toHaveLength(1);
    expect(FakeSocket.all).toHaveLength(1);
  });

  test("is in a new conversation if the last one was closed meanwhile", async () => {
    current = "second";
    await pageSays();
    FakeSocket.last.welcomes({ user: ME });
    await letsIn();
    expect(panel.handler.room?.id).toBe("second");
  });

  test("has a new session if that one is over, one, and what was written meanwhile is in it once", async () => {
    isOver = true;
    current = "second";
    const answerLog = hold();
    await pageSays();
    panel.handler.sendMessage("Hello again");
    // The log and the socket are refused before either has learned of another session.
    const answerSessions = hold();
    answerLog();
    FakeSocket.last.onopen?.();
    FakeSocket.last.says({ type: "error", code: "auth_failed", message: "Over.", retryable: false });
    FakeSocket.last.drops(4401);
    await soon(1_000);
    answerSessions();
    await soon();
    expect(asked).toEqual(["Bearer token", null]);
    FakeSocket.last.welcomes({ user: AGENT });
    await letsIn();
    expect(FakeSocket.last.frames("authenticate")).toMatchObject([{ token: "new" }]);
    expect(FakeSocket.all.flatMap((socket) => socket.frames("send_message"))).toMatchObject([
      { conversation_id: "second", content: { text: "Hello again" } },
    ]);
    await soon(20_000);
    expect(asked).toHaveLength(2);
  });

  test("is asked about first where the page says who it is", async () => {
    await pageSays({ identity: "ada" });
    expect(asked).toEqual(["Bearer token"]);
  });
});

test("signing out ends the session, tells the page and begins as nobody", async () => {
  await pageSays();
  await online();
  await pageSays({ logout: true });
  expect(ended).toEqual(["Bearer token"]);
  expect(store.keys()).toEqual([]);
  expect(told.at(-1)).toEqual({ close: true, session: false, unread: 0, out: true });
  expect(browser.reloads).toBe(1);
});

test("a page that is being left asks for nothing any more", async () => {
  await pageSays();
  await online();
  await pageSays({ logout: true });
  const sockets = FakeSocket.all.length;
  await pageSays({ identity: "ada" });
  await panel.connect();
  await soon(10_000);
  expect(FakeSocket.all).toHaveLength(sockets);
});
