import { ItemStore } from "@fireside/shared/line/storage";
import { type NewMessage, textMessage } from "@fireside/shared/log/new-message";
import type { LaneName } from "@fireside/shared/protocol";
import type { Draft, DraftFields, DraftMark, DraftSaved } from "@fireside/shared/protocol/rest";
import { beforeEach, expect, test } from "vitest";
import { Drafts } from "./drafts";

const HERE = "c";

/** What the server does, so far as devices can tell. */
class Server {
  rows = new Map<LaneName, Draft>();
  sent = new Set<string>();
  version = 0;
  isOffline = false;
  asked: DraftFields[] = [];
  /** Waits before each answer to a save. */
  before: Promise<void> = Promise.resolve();

  get kept(): Draft[] {
    return [...this.rows.values()]
      .filter(({ client_msg_id }) => !this.sent.has(client_msg_id))
      .sort((one, other) => other.version - one.version);
  }

  get = async <T>(path: string): Promise<T> => {
    if (this.isOffline) throw new TypeError("offline");
    const items: DraftMark[] = this.kept;
    expect(path).toMatch(/drafts$/);
    return { items } as T;
  };

  send = async <T>(_: string, __: string, body: unknown): Promise<T> => {
    if (this.isOffline) throw new TypeError("offline");
    const fields = body as DraftFields;
    this.asked.push(fields);
    const { client_msg_id, text, lane = "public", since = 0, reply_to } = fields;
    const row = this.kept.find((draft) => draft.lane === lane);
    const answer = (outcome: DraftSaved["outcome"], draft: Draft | null, version = 0) =>
      this.before.then(() => ({ outcome, draft, version }) as T);
    if (text !== "" && this.sent.has(client_msg_id)) return answer("sent", row ?? null);
    if (row && row.version !== since && !(row.client_msg_id === client_msg_id && row.text === text))
      return answer("conflict", row);
    if (text === "") return (this.rows.delete(lane), answer("saved", null, ++this.version));
    const draft: Draft = {
      conversation_id: HERE,
      lane,
      version: ++this.version,
      client_msg_id,
      updated_at: "",
      text,
      format: "plain",
      ...(reply_to !== undefined && { reply_to }),
    };
    this.rows.set(lane, draft);
    return answer("saved", draft, draft.version);
  };
}

let server: Server;
let ids = 0;

/** One tab of one browser, on a conversation. */
class Tab {
  readonly timers = new Set<() => void>();
  shown: NewMessage;
  isBusy = false;
  outbox: string[] = [];
  readonly drafts: Drafts;

  constructor(readonly store = new ItemStore()) {
    this.drafts = new Drafts({
      rest: server,
      store,
      clock: {
        now: () => 0,
        random: () => 0,
        after: (_, task) => {
          this.timers.add(task);
          return () => this.timers.delete(task);
        },
      },
      agentId: 1,
      fresh: () => `id${++ids}`,
      sending: () => this.outbox,
    });
    this.shown = this.drafts.get(HERE);
    this.drafts.open(HERE, { take: (draft) => (this.shown = draft), isBusy: () => this.isBusy });
  }

  type(text: string, lane: LaneName = "public", rest: Partial<NewMessage> = {}): void {
    this.shown = { ...textMessage(text, lane), ...rest };
    this.drafts.set(HERE, this.shown);
  }

  /** A second goes by, and whatever was begun is finished. */
  async pause(): Promise<void> {
    for (const task of [...this.timers]) {
      this.timers.delete(task);
      task();
    }
    await settled();
  }

  /** Sends; the id of the message waits in the outbox. */
  send(): string {
    const id = this.drafts.idOf(HERE);
    this.outbox.push(id);
    this.drafts.sent(HERE);
    this.type("");
    return id;
  }

  async hear(): Promise<void> {
    await this.drafts.refresh(HERE);
    await settled();
  }

  get text(): string {
    return this.shown.content.text;
  }

  get others(): string[] {
    return this.drafts.others(HERE).map(({ text }) => text);
  }
}

const settled = () => new Promise((resolve) => setTimeout(resolve));
const kept = () => Object.fromEntries(server.kept.map(({ lane, text }) => [lane, text]));

beforeEach(() => {
  server = new Server();
});

test("what was typed is here at once, and at the server after a pause, whole", async () => {
  const store = new ItemStore();
  const tab = new Tab(store);
  tab.type("ask Grace", "team", { reply_to: 3 });
  expect(new Tab(store).shown).toEqual({ ...textMessage("ask Grace", "team"), reply_to: 3 });
  await tab.pause();
  expect(server.kept).toMatchObject([{ text: "ask Grace", lane: "team", reply_to: 3 }]);
  expect(tab.drafts.isBegun(HERE)).toBe(true);
});

test("another device shows it, and goes on with it", async () => {
  const desk = new Tab();
  desk.type("Hello");
  await desk.pause();
  const phone = new Tab();
  await phone.hear();
  expect([phone.text, phone.others]).toEqual(["Hello", []]);
  phone.type("Hello there");
  await phone.pause();
  await desk.hear();
  expect([desk.text, kept()]).toEqual(["Hello there", { public: "Hello there" }]);
});

test("nothing from elsewhere replaces what somebody types, or is about to", async () => {
  const desk = new Tab();
  const phone = new Tab();
  desk.type("Hello");
  await desk.pause();
  await phone.hear();
  desk.isBusy = true;
  phone.type("Hello from my phone");
  await phone.pause();
  await desk.hear();
  expect([desk.text, desk.others]).toEqual(["Hello", ["Hello from my phone"]]);
  desk.type("Hello, I have");
  await desk.pause();
  expect(kept()).toEqual({ public: "Hello from my phone" });
});

test("nothing from elsewhere turns a note that is about to be written into a reply", async () => {
  const desk = new Tab();
  const phone = new Tab();
  desk.type("", "team");
  desk.isBusy = true;
  phone.type("Hello");
  await phone.pause();
  await desk.hear();
  expect([desk.shown.lane, desk.text, desk.others]).toEqual(["team", "", ["Hello"]]);
});

test("a save whose answer was lost is one's own, and no text from elsewhere", async () => {
  const tab = new Tab();
  tab.type("Hello");
  const { send } = server;
  server.send = async (...call) => {
    await send(...call);
    throw new TypeError("offline");
  };
  await tab.pause();
  server.send = send;
  tab.type("Hello there");
  await tab.pause();
  await tab.pause();
  expect([tab.text, tab.others, kept()]).toEqual(["Hello there", [], { public: "Hello there" }]);
});

test("a text that was changed elsewhere is not sent with the one that is sent here", async () => {
  const desk = new Tab();
  const phone = new Tab();
  desk.type("Hello");
  await desk.pause();
  await phone.hear();
  desk.isBusy = true;
  phone.type("Hello from my phone");
  await phone.pause();
  await desk.hear();
  server.sent.add(desk.send());
  await phone.hear();
  expect([phone.text, kept()]).toEqual(["Hello from my phone", { public: "Hello from my phone" }]);
});

test("of two texts that were begun offline both are kept, and either is gone on with", async () => {
  const desk = new Tab();
  const phone = new Tab();
  server.isOffline = true;
  desk.type("from my desk");
  phone.type("from my phone");
  server.isOffline = false;
  await phone.pause();
  await desk.drafts.load();
  await settled();
  expect([desk.text, desk.others, kept()]).toEqual([
    "from my desk",
    ["from my phone"],
    { public: "from my phone" },
  ]);
  const [theirs] = desk.drafts.others(HERE);
  desk.drafts.swap(HERE, theirs!);
  await desk.pause();
  expect([desk.text, desk.others, kept()]).toEqual([
    "from my phone",
    ["from my desk"],
    { public: "from my phone" },
  ]);
  // A reload finds the one that is nowhere else.
  const reloaded = new Tab(desk.store);
  await reloaded.hear();
  expect([reloaded.text, reloaded.others]).toEqual(["from my phone", ["from my desk"]]);
  reloaded.drafts.swap(HERE, reloaded.drafts.others(HERE)[0]!);
  await reloaded.pause();
  expect([reloaded.text, reloaded.others, kept()]).toEqual([
    "from my desk",
    ["from my phone"],
    { public: "from my phone" },
  ]);
  reloaded.drafts.discard(HERE, reloaded.drafts.others(HERE)[0]!);
  await reloaded.pause();
  expect([reloaded.text, reloaded.others, kept()]).toEqual(["from my desk", [], { public: "from my desk" }]);
});

test("what was sent is empty everywhere, also while its message is on its way", async () => {
  const desk = new Tab();
  const phone = new Tab();
  desk.type("Hello");
  await desk.pause();
  await phone.hear();
  const id = desk.send();
  await desk.pause();
  await desk.hear();
  expect(desk.text).toBe("");
  const reloaded = new Tab(desk.store);
  reloaded.outbox = desk.outbox;
  await reloaded.hear();
  expect(reloaded.text).toBe("");
  server.sent.add(id);
  desk.outbox = [];
  for (const tab of [desk, phone, reloaded]) {
    await tab.hear();
    expect([tab.text, tab.others]).toEqual(["", []]);
  }
  expect(server.asked.filter(({ text }) => text === "")).toEqual([]);
});

test("a save that is answered after the sending brings nothing back, and what was begun since is saved", async () => {
  const tab = new Tab();
  let answer = (): void => {};
  server.before = new Promise((resolve) => (answer = resolve));
  tab.type("Hello");
  await tab.pause();
  const id = tab.send();
  tab.type("And also");
  answer();
  await settled();
  server.before = Promise.resolve();
  server.sent.add(id);
  await tab.pause();
  await tab.hear();
  expect([tab.text, tab.others, kept()]).toEqual(["And also", [], { public: "And also" }]);
});

test("a text that was changed while the same was sent elsewhere is a draft of its own", async () => {
  const desk = new Tab();
  const phone = new Tab();
  desk.type("Hello");
  await desk.pause();
  await phone.hear();
  phone.type("Hello, and more");
  server.sent.add(desk.send());
  await phone.pause();
  await phone.pause();
  expect([phone.text, kept()]).toEqual(["Hello, and more", { public: "Hello, and more" }]);
  expect(server.sent.has(phone.drafts.idOf(HERE))).toBe(false);
});

test("a reply that becomes a note is one at the server too", async () => {
  const tab = new Tab();
  tab.type("Ask Grace");
  await tab.pause();
  tab.type("Ask Grace", "team");
  await tab.pause();
  await tab.hear();
  expect([kept(), tab.others]).toEqual([{ team: "Ask Grace" }, []]);
});

test("what was emptied by hand is empty elsewhere, and its mark is gone", async () => {
  const desk = new Tab();
  const phone = new Tab();
  desk.type("Hello");
  await desk.pause();
  await phone.drafts.load();
  expect(phone.drafts.isBegun(HERE)).toBe(true);
  desk.type("");
  await desk.pause();
  await phone.drafts.load();
  expect([phone.text, phone.drafts.isBegun(HERE), kept()]).toEqual(["", false, {}]);
});

test("a reply to a message without a word stays", async () => {
  const tab = new Tab();
  tab.type("", "public", { reply_to: 4 });
  await tab.pause();
  await tab.hear();
  expect(tab.shown.reply_to).toBe(4);
});

test("while the server cannot be reached it is here, and goes there later", async () => {
  const tab = new Tab();
  server.isOffline = true;
  tab.type("Hello");
  await tab.pause();
  server.isOffline = false;
  await new Tab(tab.store).drafts.load();
  await settled();
  expect(kept()).toEqual({ public: "Hello" });
});
