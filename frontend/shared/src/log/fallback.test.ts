import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { asWebSocket, FakeSocket, ManualClock } from "../../tests/support";
import { ChatClient } from "../chat";
import { ItemStore } from "../line/storage";

let server: Server;
/** Long polls that are held, as where nothing is written, for as long as the client waits. */
let held: Set<ServerResponse>;

beforeEach(async () => {
  FakeSocket.all = [];
  held = new Set();
  server = createServer((request, response) => {
    const { searchParams } = new URL(request.url!, "http://localhost");
    if (Number(searchParams.get("wait")) > 0) {
      held.add(response);
      response.on("close", () => held.delete(response));
    } else {
      response.end(JSON.stringify({ items: [], head: 0, epoch: "first" }));
    }
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

test("the long polls are given up as soon as the socket is back", async () => {
  const clock = new ManualClock();
  const chat = new ChatClient({
    surface: "widget",
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token: async () => "token",
    version: "1",
    store: new ItemStore(),
    scope: "me",
    tab: "tab",
    clock,
    WebSocket: asWebSocket,
    fetch,
    wakeups: () => () => {},
  });
  const ids = ["one", "two"];
  chat.start();
  for (const id of ids) chat.join(id);
  while (held.size < ids.length) {
    await clock.advance(1_000);
    FakeSocket.last.drops(1006);
  }
  const before = FakeSocket.all.length;
  while (FakeSocket.all.length === before) await clock.advance(1_000);
  FakeSocket.last.welcomes();
  await Promise.all([...held].map((response) => once(response, "close")));
  expect(chat.status).toEqual({ state: "connected", transport: "socket" });
  chat.stop();
});
