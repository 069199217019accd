import { beforeEach, describe, expect, test } from "vitest";
import { ChatError, disconnected } from "../line/errors";
import { textMessage } from "./new-message";
import { Outbox, type OutboxItem } from "./outbox";
import { ItemStore } from "../line/storage";
import { ManualClock, settle } from "../../tests/support";

interface Delivery {
  item: OutboxItem;
  ack(): void;
  fail(error: ChatError): void;
}

let clock: ManualClock;
let store: ItemStore;

beforeEach(() => {
  clock = new ManualClock();
  store = new ItemStore();
});

function tab(name: string, scope = "me"): { outbox: Outbox; sent: Delivery[] } {
  const sent: Delivery[] = [];
  const outbox = new Outbox({
    store,
    scope,
    tab: name,
    clock,
    deliver: (item) => new Promise((ack, fail) => sent.push({ item, ack: () => ack(undefined), fail })),
    onChange: () => {},
  });
  return { outbox, sent };
}

const states = (outbox: Outbox): string[] =>
  outbox.of("c").map(({ message, state }) => `${message.content.text} ${state}`);
const refused = (code: string, retryable: boolean, after?: number): ChatError =>
  new ChatError(code, "said so", retryable, after);

test("one message of a conversation is in flight at a time, in the order they were written", async () => {
  const { outbox, sent } = tab("a");
  for (const text of ["one", "two", "three"]) outbox.add("c", textMessage(text));
  outbox.add("other", textMessage("elsewhere"));
  expect(sent.map(({ item }) => item.message.content.text)).toEqual(["one", "elsewhere"]);
  sent[0]!.ack();
  await settle();
  expect(sent.map(({ item }) => item.message.content.text)).toEqual(["one", "elsewhere", "two"]);
});

test("an acked message shows as sent until its entry comes", async () => {
  const { outbox, sent } = tab("a");
  const { client_msg_id } = outbox.add("c", textMessage("one"));
  sent[0]!.ack();
  await settle();
  expect(states(outbox)).toEqual(["one sent"]);
  expect(store.keys()).toEqual([]);
  outbox.remove(client_msg_id);
  expect(outbox.of("c")).toEqual([]);
});

describe("when it does not get through", () => {
  test("the same message is sent again when the connection is back", async () => {
    const { outbox, sent } = tab("a");
    outbox.add("c", textMessage("one"));
    sent[0]!.fail(disconnected());
    await clock.advance(60_000);
    expect(sent).toHaveLength(1);
    outbox.flush();
    expect(sent[1]!.item.client_msg_id).toBe(sent[0]!.item.client_msg_id);
  });

  test("and after an answer that did not come, and as late as the server asks", async () => {
    const { outbox, sent } = tab("a");
    outbox.add("c", textMessage("one"));
    sent[0]!.fail(refused("timeout", true));
    await clock.advance(500);
    expect(sent).toHaveLength(2);
    sent[1]!.fail(refused("rate_limited", true, 7_000));
    await clock.advance(6_999);
    expect(sent).toHaveLength(2);
    expect(outbox.of("c")[0]!.error?.code).toBe("rate_limited");
    await clock.advance(1);
    expect(sent).toHaveLength(3);
    sent[2]!.ack();
    await settle();
    expect(outbox.of("c")[0]!.error).toBeUndefined();
  });

  test("what is refused for good stays as failed, and does not hold up the next", async () => {
    const { outbox, sent } = tab("a");
    const { client_msg_id } = outbox.add("c", textMessage("one"));
    outbox.add("c", textMessage("two"));
    sent[0]!.fail(refused("invalid", false));
    await settle();
    expect(states(outbox)).toEqual(["one failed", "two sending"]);
    expect(sent[1]!.item.message.content.text).toBe("two");
    sent[1]!.ack();
    await settle();
    outbox.retry(client_msg_id);
    expect(sent[2]!.item).toMatchObject({ message: textMessage("one"), client_msg_id });
  });
});

test("a reload loses nothing and keeps the order", async () => {
  const before = tab("a");
  before.outbox.add("c", textMessage("one"));
  before.outbox.add("c", textMessage("two"));
  before.outbox.close();
  // Browsers list what is stored in whatever order.
  store.keys = () => ItemStore.prototype.keys.call(store).reverse();
  const after = tab("a");
  after.outbox.flush();
  expect(after.sent[0]!.item.client_msg_id).toBe(before.sent[0]!.item.client_msg_id);
  after.sent[0]!.ack();
  await settle();
  expect(after.sent[1]!.item.message.content.text).toBe("two");
});

describe("with two tabs", () => {
  test("a message is shown by both, sent by the one that wrote it, and settled for both by the log", async () => {
    const a = tab("a");
    const { client_msg_id } = a.outbox.add("c", textMessage("one"));
    const b = tab("b");
    b.outbox.flush();
    expect(states(b.outbox)).toEqual(["one sending"]);
    expect(b.sent).toEqual([]);
    a.sent[0]!.ack();
    await settle();
    for (const { outbox } of [a, b]) outbox.remove(client_msg_id);
    await clock.advance(20_000);
    expect([a.sent.length, b.sent.length]).toEqual([1, 0]);
  });

  test("what a closed one left is sent by the other, once its connection is back", async () => {
    const [a, b] = [tab("a"), tab("b")];
    const { client_msg_id } = a.outbox.add("c", textMessage("one"));
    a.outbox.close();
    b.outbox.flush();
    await clock.advance(10_000);
    expect(b.sent[0]!.item.client_msg_id).toBe(client_msg_id);
  });

  test("what is deleted in one goes in the other", async () => {
    const a = tab("a");
    const { client_msg_id } = a.outbox.add("c", textMessage("one"));
    a.sent[0]!.fail(refused("invalid", false));
    await settle();
    const b = tab("b");
    expect(states(b.outbox)).toEqual(["one failed"]);
    a.outbox.remove(client_msg_id);
    b.outbox.flush();
    expect(b.outbox.of("c")).toEqual([]);
  });

  test("one does not wait for the other's messages with its own", async () => {
    const [a, b] = [tab("a"), tab("b")];
    a.outbox.add("c", textMessage("one"));
    await clock.advance(1);
    b.outbox.flush();
    b.outbox.add("c", textMessage("two"));
    b.outbox.flush();
    expect(states(b.outbox)).toEqual(["one sending", "two sending"]);
    expect(b.sent.map(({ item }) => item.message.content.text)).toEqual(["two"]);
  });
});

test("one person's messages never leave as another's", () => {
  tab("a", "me").outbox.add("c", textMessage("one"));
  const other = tab("a", "somebody else");
  other.outbox.flush();
  expect(other.sent).toEqual([]);
});

describe("poison", () => {
  const stored = (id: string, rest: object): void => {
    const item = { conversation_id: "c", client_msg_id: id, lane: "public", tab: "a", state: "sending" };
    store.set(`fireside.outbox.me.${id}`, JSON.stringify({ ...item, at: 1, tried_at: 1, ...rest }));
  };

  test("half an emoji is made well-formed before it is queued", () => {
    const { outbox, sent } = tab("a");
    outbox.add("c", textMessage("half \ud83d emoji"));
    expect(sent[0]!.item.message.content.text).toBe("half \ufffd emoji");
    expect(store.get(store.keys()[0]!)).not.toContain("ud83d");
  });

  test("what a version before has stored is mended, and what is behind it goes", async () => {
    stored("one", { text: "half \ud83d emoji" });
    stored("two", { text: "two", at: 2 });
    const { outbox, sent } = tab("a");
    outbox.flush();
    expect(sent[0]!.item).toMatchObject({ client_msg_id: "one", message: textMessage("half \ufffd emoji") });
    sent[0]!.ack();
    await settle();
    expect(sent[1]!.item.message.content.text).toBe("two");
  });

  test.each([
    ["null", "null"],
    ["a list", "[]"],
    ["no text", '{"conversation_id":"c","client_msg_id":"x","at":1,"tried_at":1}'],
    ["another's id", '{"conversation_id":"c","client_msg_id":"y","text":"t","at":1,"tried_at":1}'],
    ["no time", '{"conversation_id":"c","client_msg_id":"x","text":"t"}'],
  ])("what is no item is thrown away: %s", (_, value) => {
    store.set("fireside.outbox.me.x", value);
    stored("two", { text: "two" });
    const { outbox, sent } = tab("a");
    outbox.flush();
    expect(sent.map(({ item }) => item.message.content.text)).toEqual(["two"]);
    expect(store.keys()).toEqual(["fireside.outbox.me.two"]);
  });

  test("what the server fails at again and again is set aside for the person", async () => {
    const { outbox, sent } = tab("a");
    const { client_msg_id } = outbox.add("c", textMessage("one"));
    outbox.add("c", textMessage("two"));
    for (let index = 0; index < 5; index++) {
      sent[index]!.fail(refused("internal", true, 100));
      await clock.advance(100);
    }
    expect(states(outbox)).toEqual(["one failed", "two sending"]);
    expect(sent[5]!.item.message.content.text).toBe("two");
    sent[5]!.ack();
    await settle();
    outbox.retry(client_msg_id);
    expect(sent[6]!.item).toMatchObject({ message: textMessage("one"), faults: 0 });
  });
});

describe("another version in the same browser", () => {
  /** An item as the version before kept it, field by field. */
  const kept = {
    conversation_id: "c",
    client_msg_id: "x",
    lane: "team",
    text: "For us only",
    at: 1,
    tab: "closed",
    tried_at: 1,
    state: "sending",
  };

  test("an item that the version before has kept is sent, into its lane", () => {
    store.set("fireside.outbox.me.x", JSON.stringify(kept));
    const { outbox, sent } = tab("a");
    outbox.flush();
    expect(sent[0]!.item.message).toEqual(textMessage("For us only", "team"));
  });

  test("the version before finds in an item of ours all that it needs, or it would throw it away", () => {
    const { outbox } = tab("a");
    outbox.add("c", textMessage("For us only", "team"));
    const found = JSON.parse(store.get(store.keys()[0]!)!) as object;
    expect(Object.keys(found)).toEqual(expect.arrayContaining(Object.keys(kept)));
    expect(found).toMatchObject({ text: kept.text, lane: kept.lane });
  });
});

test("whatever else a message says goes the whole way, over a reload too", () => {
  const message = { ...textMessage("Yes"), answers: 7 };
  tab("a").outbox.add("c", message);
  const { outbox, sent } = tab("a");
  outbox.flush();
  expect(sent[0]!.item.message).toEqual(message);
});

test("the box has a bound and says so", () => {
  const { outbox } = tab("a");
  for (let i = 0; i < 100; i++) outbox.add("c", textMessage(String(i)));
  expect(() => outbox.add("c", textMessage("too much"))).toThrow(
    expect.objectContaining({ code: "outbox_full" }),
  );
});

test("storage that is full or garbled is no reason to fail", () => {
  store.set("fireside.outbox.me.x", "{");
  store.set = () => false;
  const { outbox, sent } = tab("a");
  outbox.add("c", textMessage("one"));
  expect(sent).toHaveLength(1);
});
