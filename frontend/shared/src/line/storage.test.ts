import { afterEach, expect, test, vi } from "vitest";
import { browserStore } from "./storage";

afterEach(() => {
  vi.unstubAllGlobals();
  Reflect.deleteProperty(globalThis, "localStorage");
});

test("a storage that is full can still be read", () => {
  const full = new Proxy<Record<string, string>>({ "fireside.session.shop": "token" }, { set: () => false });
  vi.stubGlobal("localStorage", full);
  const store = browserStore();
  expect(store.get("fireside.session.shop")).toBe("token");
  expect(store.set("fireside.draft", "text")).toBe(false);
});

test.each([
  [
    "refuses",
    () => {
      throw new DOMException("denied", "SecurityError");
    },
  ],
  ["has none", () => null],
])("a browser that %s keeps things as long as the page lives", (_, get) => {
  Object.defineProperty(globalThis, "localStorage", { get, configurable: true });
  const store = browserStore();
  expect(store.set("fireside.draft", "text")).toBe(true);
  expect(store.get("fireside.draft")).toBe("text");
});
