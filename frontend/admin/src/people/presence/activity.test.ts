import { expect, test } from "vitest";
import { REPORT_MS, reportActivity } from "./activity";

/** A page, a connection and a clock; what was told, by how long ago the input was. */
function page() {
  const listeners = new Map<string, () => void>();
  const told: number[] = [];
  let now = 1_000_000;
  let connected = true;
  let opened = (): void => {};
  const stop = reportActivity(
    {
      isConnected: () => connected,
      signal: (signal) => void (signal.type === "active" && told.push(signal.ago_ms ?? 0)),
      on: (_, listener) => {
        opened = listener as () => void;
        return () => (opened = () => {});
      },
    },
    {
      addEventListener: (kind: string, listener: unknown) => void listeners.set(kind, listener as () => void),
      removeEventListener: (kind: string) => void listeners.delete(kind),
    } as Pick<Window, "addEventListener" | "removeEventListener">,
    () => now,
  );
  return {
    told,
    listeners,
    stop,
    pass: (ms: number) => void (now += ms),
    input: (kind = "keydown") => listeners.get(kind)?.(),
    connect: () => {
      connected = true;
      opened();
    },
    disconnect: () => void (connected = false),
  };
}

test("input is told at most once a minute, and nothing while there is none", () => {
  const { told, input, pass, connect } = page();
  connect();
  expect(told).toEqual([0]);
  input();
  pass(REPORT_MS - 1);
  input("pointermove");
  expect(told).toEqual([0]);
  pass(1);
  input("wheel");
  pass(10 * REPORT_MS);
  expect(told).toEqual([0, 0]);
  input("focus");
  expect(told).toEqual([0, 0, 0]);
});

test("after each connecting it is told again, and that no input was made meanwhile", () => {
  const { told, input, pass, connect, disconnect } = page();
  connect();
  disconnect();
  pass(REPORT_MS);
  input();
  expect(told).toEqual([0]);
  pass(5_000);
  connect();
  expect(told).toEqual([0, 5_000]);
  pass(48 * 3_600_000);
  connect();
  expect(told).toEqual([0, 5_000, 24 * 3_600_000]);
});

test("a clock that was set back tells of no input in the future", () => {
  const { told, pass, connect } = page();
  pass(-60_000);
  connect();
  expect(told).toEqual([0]);
});

test("nothing is heard after its end", () => {
  const { listeners, stop, told, connect } = page();
  stop();
  connect();
  expect([...listeners]).toEqual([]);
  expect(told).toEqual([]);
});
