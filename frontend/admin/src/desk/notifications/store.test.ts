import type { Notification } from "@fireside/shared/protocol";
import { beforeEach, expect, test } from "vitest";
import { settle } from "../../../../shared/tests/support";
import { NotificationStore } from "./store";
import { notification } from "./testing";

let listed: readonly Notification[];
let answers: boolean;
let sent: unknown[];
let news: number[];
let store: NotificationStore;

beforeEach(() => {
  listed = [];
  answers = true;
  sent = [];
  news = [];
  store = new NotificationStore(
    {
      async get<T>(): Promise<T> {
        if (!answers) throw new Error("offline");
        return { items: listed } as T;
      },
      async send<T>(_method: string, path: string, body: unknown): Promise<T> {
        sent.push([path, body]);
        return { is_first: true } as T;
      },
    },
    ({ id }) => void news.push(id),
  );
});

const ids = () => store.getState().items.map(({ id }) => id);
const unseen = () =>
  store
    .getState()
    .items.filter(({ is_seen }) => !is_seen)
    .map(({ id }) => id);

test("what the list and the socket tell is there once, the newest first, and news once", async () => {
  store.hear({ type: "notified", notification: notification(2) });
  listed = [notification(2), notification(1)];
  await store.load();
  store.hear({ type: "notified", notification: notification(2) });
  expect(ids()).toEqual([2, 1]);
  expect(news).toEqual([2, 1]);
});

test("seeing a conversation's leaves the others, and is told to the server", () => {
  for (const [id, conversation_id] of [
    [1, "a"],
    [2, "b"],
    [3, "a"],
  ] as const) {
    store.hear({ type: "notified", notification: notification(id, { conversation_id }) });
  }
  expect(store.see("a")).toBe(3);
  expect(unseen()).toEqual([2]);
  expect(sent).toEqual([["/chat/me/notifications/seen", { through: 3, conversation_id: "a" }]]);
  expect(store.see("a")).toBeUndefined();
  expect(store.see()).toBe(2);
  expect(unseen()).toEqual([]);
});

test("what another device has seen is seen here, also when the thing itself comes later", () => {
  store.hear({ type: "notifications_seen", conversation_id: "a", through: 4 });
  store.hear({ type: "notified", notification: notification(4) });
  store.hear({ type: "notified", notification: notification(5) });
  store.hear({ type: "notified", notification: notification(3, { conversation_id: "b" }) });
  expect(unseen()).toEqual([5, 3]);
  store.hear({ type: "notifications_seen", conversation_id: null, through: 5 });
  expect(unseen()).toEqual([]);
});

test("an older answer does not bring back as unseen what was seen", async () => {
  store.hear({ type: "notified", notification: notification(1) });
  store.see("a");
  listed = [notification(1)];
  await store.load();
  expect(unseen()).toEqual([]);
});

test("a list that could not be read says so, and is there with the next connection", async () => {
  answers = false;
  await store.load();
  expect(store.getState().status).toBe("failed");
  answers = true;
  await store.load();
  await settle();
  expect(store.getState().status).toBe("ready");
});
