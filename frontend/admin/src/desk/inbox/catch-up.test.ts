import { Rest } from "@fireside/shared/line/rest";
import type { Conversation } from "@fireside/shared/protocol";
import { expect, test } from "vitest";
import { conversation } from "../../../tests/support";
import { DeskApi } from "../api";
import { CatchUp } from "./catch-up";
import { ConversationStore } from "./conversation-store";

const PAGE = 3;

/** The list as the server pages it, three to a page, the newest first. */
function server(conversations: Conversation[]): { api: DeskApi; asked: string[] } {
  const asked: string[] = [];
  const fetcher: typeof fetch = async (input) => {
    const url = new URL(String(input), "http://chat.example");
    asked.push(url.pathname + url.search);
    const id = url.pathname.split("/")[3];
    const found = conversations.find((one) => one.id === id);
    if (id !== undefined && !found) {
      return Response.json({ code: "not_found", message: "There is no such conversation." }, { status: 404 });
    }
    if (found) return Response.json(found);
    const from = Number(url.searchParams.get("before"));
    const next = from + PAGE < conversations.length ? String(from + PAGE) : null;
    return Response.json({ items: conversations.slice(from, from + PAGE), next });
  };
  return { api: new DeskApi(new Rest({ origin: "", token: async () => "token", fetch: fetcher })), asked };
}

const storeOf = (...conversations: Conversation[]) => {
  const store = new ConversationStore((notify) => notify());
  store.upsert(conversations);
  return store;
};

test("an empty list takes the newest page, and asks for no more", async () => {
  const { api, asked } = server(Array.from({ length: 9 }, (_, age) => conversation(`c${age}`, 90 - age)));
  const store = storeOf();
  await new CatchUp(api, store).run();
  expect(store.list("open")).toHaveLength(PAGE);
  expect(asked).toHaveLength(1);
});

test("everything that changed since is fetched, however many pages it takes", async () => {
  const known = conversation("known", 10);
  const missed = Array.from({ length: 10 }, (_, age) => conversation(`c${age}`, 90 - age));
  const { api } = server([
    ...missed,
    known,
    ...Array.from({ length: 50 }, (_, age) => conversation(`old${age}`, -age)),
  ]);
  const store = storeOf(known);
  await new CatchUp(api, store).run();
  for (const one of missed) expect(store.get(one.id)).toEqual(one);
  expect(store.list("open").length).toBeLessThan(20);
});

test("a conversation that someone else read meanwhile loses its unread count, though it did not move", async () => {
  const fresh = Array.from({ length: 4 }, (_, age) => conversation(`c${age}`, 90 - 10 * age));
  const stale = conversation("read", -500, { unread: 3 });
  const read = conversation("read", -500, { unread: 0, version: 2 });
  const { api } = server([...fresh, read]);
  const store = storeOf(...fresh, stale);
  await new CatchUp(api, store).run();
  expect(store.get("read")?.unread).toBe(0);
});

test("what was closed meanwhile leaves the open list", async () => {
  const { api } = server([conversation("a", 20, { version: 2, status: "closed" })]);
  const store = storeOf(conversation("a", 10));
  await new CatchUp(api, store).run();
  expect(store.list("open")).toEqual([]);
});

test("what was missed before a failed attempt is fetched by the next, whatever came meanwhile", async () => {
  const known = conversation("known", 10);
  const missed = Array.from({ length: 10 }, (_, age) => conversation(`c${age}`, 1000 - age));
  const live = conversation("live", 100_000);
  const { api } = server([live, ...missed, known]);
  const store = storeOf(known);
  const catching = new CatchUp(api, store);
  const { fetch } = api.rest.options;
  api.rest.options.fetch = async () => Response.json({ code: "unavailable" }, { status: 503 });
  await expect(catching.run()).rejects.toMatchObject({ code: "unavailable" });
  api.rest.options.fetch = fetch;
  store.upsert([live]);
  await catching.run();
  for (const { id } of missed) expect(store.get(id)).toBeDefined();
});

test("a conversation that is there for us no longer goes, and the rest is caught up with all the same", async () => {
  const { api } = server([conversation("fresh", 90)]);
  const store = storeOf(conversation("taken", -500, { unread: 1 }), conversation("fresh", 80));
  await new CatchUp(api, store).run();
  expect(store.list("open").map(({ id }) => id)).toEqual(["fresh"]);
});

test("after a reset only what is found again is known", async () => {
  const fresh = Array.from({ length: 4 }, (_, age) => conversation(`c${age}`, 90 - 10 * age));
  const { api } = server(fresh);
  const store = storeOf(...fresh.slice(1), conversation("taken", 70));
  await new CatchUp(api, store).run({ isReset: true });
  expect(store.get("c0")).toEqual(fresh[0]);
  expect(store.get("taken")).toBeUndefined();
  expect(store.get("c1")).toBeDefined();
});
