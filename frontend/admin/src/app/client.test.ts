import { ItemStore } from "@fireside/shared/line/storage";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { AGENT, FakeSocket, settle } from "../../../shared/tests/support";
import { AdminWebSocketClient } from "./client";

const CONVERSATION = "01930000-0000-7000-8000-000000000001";

let client: AdminWebSocketClient;
let renewals: boolean[];

beforeEach(async () => {
  FakeSocket.all = [];
  renewals = [];
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.stubGlobal("location", { origin: "https://chat.example" });
  const page = new EventTarget();
  vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
  vi.stubGlobal("document", new EventTarget());
  vi.stubGlobal("fetch", async () => Response.json({ items: [], head: 0 }));
  client = new AdminWebSocketClient({
    agentId: AGENT.id,
    renewToken: async (fresh) => {
      renewals.push(fresh);
      return "renewed";
    },
    poll: async () => undefined,
    store: new ItemStore(),
  });
  client.connect("first");
  await settle();
  FakeSocket.last.welcomes();
});

afterEach(() => {
  client.disconnect();
  vi.unstubAllGlobals();
});

test("connect authenticates the admin's socket with the token it was given", () => {
  expect(FakeSocket.last.url).toBe("wss://chat.example/ws/admin");
  expect(FakeSocket.last.frames("authenticate")).toMatchObject([{ token: "first", v: 1 }]);
  expect(renewals).toEqual([]);
});

test("a token that the server no longer takes is replaced by a fresh one", async () => {
  FakeSocket.last.drops(4201);
  await vi.waitFor(() => expect(FakeSocket.all).toHaveLength(2));
  FakeSocket.last.onopen?.();
  expect(FakeSocket.last.frames("authenticate")).toMatchObject([{ token: "renewed" }]);
  expect(renewals).toEqual([true]);
});

test("a message is sent, and an arriving one is told", () => {
  const received: string[] = [];
  client.onMessageReceived(({ content }) => received.push(content.type === "text" ? content.text : ""));
  client.sendMessage(CONVERSATION, "Hello");
  const [sent] = FakeSocket.last.frames("send_message");
  expect(sent).toMatchObject({ conversation_id: CONVERSATION, content: { type: "text", text: "Hello" } });
  FakeSocket.last.says({
    ...sent,
    type: "message_received",
    seq: 1,
    sender: AGENT,
    created_at: "2026-03-02T10:00:00Z",
  });
  expect(received).toEqual(["Hello"]);
});

test("typing is said once, however often it is called, and stopped", () => {
  client.sendTypingStart(CONVERSATION);
  client.sendTypingStart(CONVERSATION);
  client.sendTypingStop(CONVERSATION);
  expect(FakeSocket.last.sent.filter(({ type }) => String(type).startsWith("typing"))).toEqual([
    { type: "typing_start", conversation_id: CONVERSATION },
    { type: "typing_stop", conversation_id: CONVERSATION },
  ]);
});

test("typing and presence of others are told until one stops listening", () => {
  const told: string[] = [];
  const stop = client.onTypingIndicator(({ user_name }) => told.push(user_name));
  client.onPresenceUpdate(({ status }) => told.push(status));
  const typing = { type: "typing_indicator", conversation_id: CONVERSATION, user_id: 9, user_name: "Maria" };
  FakeSocket.last.says({ ...typing, role: "customer", is_typing: true, expires_in_ms: 10_000 });
  FakeSocket.last.says({
    type: "presence_update",
    user_id: 9,
    role: "customer",
    status: "online",
    version: 1,
  });
  stop();
  FakeSocket.last.says({ ...typing, role: "customer", is_typing: false, expires_in_ms: 0 });
  expect(told).toEqual(["Maria", "online"]);
});

test("disconnect closes the socket and does not come back", async () => {
  client.disconnect();
  expect(FakeSocket.last.closed).toBe(1000);
  FakeSocket.last.drops(1000);
  await settle();
  expect(FakeSocket.all).toHaveLength(1);
});
