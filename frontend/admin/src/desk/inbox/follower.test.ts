import { ChatClient } from "@fireside/shared/chat";
import { ItemStore } from "@fireside/shared/line/storage";
import type { Conversation } from "@fireside/shared/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { asWebSocket, FakeSocket, ManualClock, settle } from "../../../../shared/tests/support";
import { conversation } from "../../../tests/support";
import { DeskApi } from "../api";
import { ConversationStore } from "./conversation-store";
import { InboxFollower } from "./follower";
import { TypingStore } from "./typing-store";

let chat: ChatClient;
let clock: ManualClock;
let store: ConversationStore;
let stop: () => void;
let reads: number;
let listed: Conversation[];
let answers: boolean;

beforeEach(async () => {
  FakeSocket.all = [];
  reads = 0;
  listed = [conversation("a", 1)];
  answers = true;
  clock = new ManualClock();
  chat = new ChatClient({
    surface: "admin",
    origin: "https://chat.example",
    token: async () => "token",
    version: "1",
    store: new ItemStore(),
    scope: "agent.2",
    tab: "tab",
    clock,
    WebSocket: asWebSocket,
    fetch: async (input) => {
      if (!String(input).includes("/chat/conversations?")) return Response.json({});
      reads++;
      return answers
        ? Response.json({ items: listed, next: null })
        : Response.json({ code: "unavailable", message: "Later." }, { status: 503 });
    },
    wakeups: () => () => undefined,
  });
  store = new ConversationStore((notify) => notify());
  stop = new InboxFollower(chat, new DeskApi(chat.rest), store, new TypingStore()).start();
  chat.start();
  await settle();
  FakeSocket.last.welcomes();
});

afterEach(() => {
  stop();
  chat.stop();
});

async function answer(status: "ok" | "reset", cursor?: string): Promise<void> {
  const { id } = FakeSocket.last.frames("follow_inbox").at(-1)!;
  FakeSocket.last.says({ type: "ack", re: id, status, epoch: "first", cursor });
  await settle();
}

async function comeBack(welcome = {}): Promise<void> {
  FakeSocket.last.drops(1006);
  await clock.advance(20_000);
  FakeSocket.last.welcomes(welcome);
  await settle();
}

const given = (): unknown => FakeSocket.last.frames("follow_inbox").at(-1)?.["since"];

test("the list is read once, and a return costs what has changed", async () => {
  expect(given()).toBeNull();
  await answer("ok", "c1");
  expect(reads).toBe(1);
  FakeSocket.last.says({ type: "inbox_cursor", cursor: "c2" });
  await comeBack();
  expect(given()).toBe("c2");
  await answer("ok");
  FakeSocket.last.says({ type: "conversation_updated", conversation: conversation("b", 2) });
  FakeSocket.last.says({ type: "inbox_cursor", cursor: "c3" });
  expect(store.list("open").map(({ id }) => id)).toEqual(["b", "a"]);
  expect(reads).toBe(1);
  await comeBack();
  expect(given()).toBe("c3");
});

test("the first cursor serves until another is told", async () => {
  await answer("ok", "c1");
  await comeBack();
  expect(given()).toBe("c1");
});

test("after a reset the list is read again, from then on by the new cursor", async () => {
  await answer("ok", "c1");
  await comeBack();
  listed = [conversation("b", 2)];
  await answer("reset", "c9");
  expect(reads).toBe(2);
  expect(store.get("b")).toBeDefined();
  // It may have been taken from us; what is further down the list is read when it is seen.
  expect(store.get("a")).toBeUndefined();
  expect(store.generation()).toBe(1);
  await comeBack();
  expect(given()).toBe("c9");
});

test("a cursor counts for nothing while the list could not be read", async () => {
  answers = false;
  await answer("ok", "c1");
  FakeSocket.last.says({ type: "inbox_cursor", cursor: "c2" });
  await comeBack();
  expect(given()).toBeNull();
});

test("of a log that was replaced nothing is kept", async () => {
  await answer("ok", "c1");
  await comeBack({ epoch: "second" });
  expect(store.list("open")).toEqual([]);
  expect(given()).toBeNull();
});

test("a server that knows no cursors has its list read each time", async () => {
  await answer("ok");
  await comeBack();
  expect(given()).toBeNull();
  await answer("ok");
  expect(reads).toBe(2);
});
