import type { CannedReply } from "@fireside/shared/protocol/rest";
import { beforeEach, expect, test } from "vitest";
import { CannedReplies } from "./store";

const reply = (id: number, title: string, rest: Partial<CannedReply> = {}): CannedReply => ({
  id,
  owner_id: 1,
  owner_name: "Ada",
  is_shared: true,
  shortcut: "",
  title,
  text: "…",
  uses: 0,
  team_uses: 0,
  rank: 0,
  ...rest,
});

let listed: CannedReply[];
let asked: string[];
let canned: CannedReplies;

beforeEach(() => {
  asked = [];
  listed = [
    reply(1, "Refund", { shortcut: "rf", text: "We refund it within five days." }),
    reply(2, "Réponse tardive", { rank: 6 }),
    reply(3, "Greeting", { shortcut: "hi", rank: 1 }),
    reply(4, "Warranty", { text: "Two years, refundable." }),
  ];
  canned = new CannedReplies({
    get: async () => ({ items: listed }) as never,
    send: async (method, path) => (asked.push(`${method} ${path}`), undefined as never),
  });
});

const found = (typed: string): string[] => canned.find(typed, 10).map(({ title }) => title);

test("a slash alone shows those used most", async () => {
  await canned.load();
  expect(found("")).toEqual(["Réponse tardive", "Greeting", "Refund", "Warranty"]);
  canned.used(listed[0]!);
  canned.used(listed[0]!);
  canned.used(listed[0]!);
  expect(found("")[0]).toBe("Refund");
  expect(asked).toEqual(Array(3).fill("POST /chat/canned/1/uses"));
});

test.each([
  ["rf", ["Refund"]],
  ["ref", ["Refund", "Warranty"]],
  ["reponse", ["Réponse tardive"]],
  ["five days", ["Refund"]],
  ["xyz", []],
])("%s finds by shortcut, title and text, in this order", async (typed, titles) => {
  await canned.load();
  expect(found(typed)).toEqual(titles);
});

test("what is told while they are read is read after it", async () => {
  let answers: ((items: CannedReply[]) => void)[] = [];
  canned = new CannedReplies({
    get: () => new Promise((resolve) => answers.push((items) => resolve({ items } as never))),
    send: async () => undefined as never,
  });
  const loaded = canned.load();
  void canned.load();
  answers[0]!([reply(1, "Old")]);
  await new Promise((resolve) => setTimeout(resolve));
  answers[1]!([reply(1, "New")]);
  await loaded;
  expect(found("")).toEqual(["New"]);
  expect(answers).toHaveLength(2);
});

test("what is known stays while the server cannot be reached", async () => {
  await canned.load();
  canned.rest.get = async () => {
    throw new Error("offline");
  };
  await canned.load();
  expect(canned.getState()).toMatchObject({ status: "ready", items: { length: 4 } });
});
