import { ItemStore } from "@fireside/shared/line/storage";
import { beforeEach, expect, test } from "vitest";
import { Preferences, type Remote, type Stored, type Value } from "./preferences";

class Server implements Remote {
  stored: Stored = { version: 0, values: {} };
  isReachable = true;
  saves: Readonly<Record<string, Value>>[] = [];

  async load(): Promise<Stored> {
    if (!this.isReachable) throw new Error("offline");
    return this.stored;
  }

  async save(values: Readonly<Record<string, Value>>): Promise<Stored> {
    if (!this.isReachable) throw new Error("offline");
    this.saves.push(values);
    const all = Object.entries({ ...this.stored.values, ...values }).filter(([, value]) => value !== null);
    return (this.stored = { version: this.stored.version + 1, values: Object.fromEntries(all) });
  }
}

let server: Server;
beforeEach(() => {
  server = new Server();
});

const browser = (store = new ItemStore()): Preferences => new Preferences(server, store, 1);

test("a choice counts at once, is kept by the server and by this browser", async () => {
  const store = new ItemStore();
  const one = browser(store);
  one.set("single-keys", false);
  expect(one.get("single-keys")).toBe(false);
  await one.sync();
  expect(server.stored.values).toEqual({ "single-keys": false });
  expect(browser(store).get("single-keys")).toBe(false);
});

test("another browser gets it when it connects, and when it is told of a newer version", async () => {
  const [one, other] = [browser(), browser()];
  one.set("order", ["a", "b"]);
  await one.sync();
  await other.sync();
  expect(other.get("order")).toEqual(["a", "b"]);
  one.set("order", ["b", "a"]);
  await one.sync();
  const told = new Promise<void>((resolve) => other.subscribe(resolve));
  other.heard(server.stored.version);
  await told;
  expect(other.get("order")).toEqual(["b", "a"]);
});

test("choices of two browsers do not take each other away", async () => {
  const [one, other] = [browser(), browser()];
  one.set("a", 1);
  other.set("b", 2);
  await Promise.all([one.sync(), other.sync()]);
  expect(server.stored.values).toEqual({ a: 1, b: 2 });
});

test("what is chosen without a connection is told at the next one, after a reload too", async () => {
  const store = new ItemStore();
  server.isReachable = false;
  const one = browser(store);
  one.set("a", 1);
  await one.sync();
  server.isReachable = true;
  const reloaded = browser(store);
  expect(reloaded.get("a")).toBe(1);
  await reloaded.sync();
  expect(server.stored.values).toEqual({ a: 1 });
});

test("what is chosen while an earlier choice is on its way goes after it", async () => {
  const one = browser();
  one.set("a", 1);
  await Promise.resolve();
  one.set("a", 2);
  await one.sync();
  expect(server.stored.values).toEqual({ a: 2 });
  expect(one.get("a")).toBe(2);
});

test("a choice can be taken back", async () => {
  const one = browser();
  one.set("a", 1);
  await one.sync();
  one.set("a", null);
  expect(one.get("a")).toBeUndefined();
  await one.sync();
  expect(server.stored.values).toEqual({});
});

test("an answer that comes late brings nothing old back", async () => {
  const one = browser();
  const old = server.stored;
  one.set("a", 1);
  await one.sync();
  server.load = async () => old;
  await one.sync();
  expect(one.get("a")).toBe(1);
});

test("what is not ours under our key is as good as nothing", () => {
  for (const text of ["{not json", "null", "7"]) {
    expect(browser(new ItemStore({ "fireside.preferences.1": text })).get("a")).toBeUndefined();
  }
});
