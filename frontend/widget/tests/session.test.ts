import { ItemStore } from "@fireside/shared";
import { beforeEach, expect, test } from "vitest";
import { SessionKeeper } from "../src/panel/session";

let store: ItemStore;
/** The owner of a token: "visitor", or the identity's. */
let known: Map<string, string>;
let ids: Map<string, number>;
let made: number;
let asked: { token: string | null; body: Record<string, unknown> }[];

/** The server's side: resumes a token it knows, refuses one it does not, and makes a new one without. */
const fetcher: typeof fetch = async (_, init) => {
  const token = new Headers(init?.headers).get("authorization")?.slice("Bearer ".length) ?? null;
  asked.push({ token, body: JSON.parse(String(init?.body ?? "{}")) });
  if ((token !== null && !known.has(token)) || asked.at(-1)?.body["identity"] === "forged") {
    return Response.json({ code: "auth_failed", message: "This session is over." }, { status: 401 });
  }
  if (init?.method === "DELETE") {
    known.delete(token ?? "");
    return new Response(null, { status: 204 });
  }
  const identity = asked.at(-1)?.body["identity"];
  const before = known.get(token ?? "");
  const isSame = before !== undefined && (!identity || before === identity || before === "visitor");
  const isRise = isSame && identity !== undefined && before === "visitor";
  const session_token = isSame && !isRise ? token! : `token-${++made}`;
  if (isRise) known.delete(token!);
  const sub = String(identity ?? before ?? "visitor");
  known.set(session_token, sub);
  if (isRise) ids.set(sub, ids.get("visitor")!);
  if (!ids.has(sub) || (!isSame && !identity)) ids.set(sub, made);
  const user = { id: ids.get(sub) };
  const answer = { session_token, conversation_id: "c", user, is_identified: sub !== "visitor" };
  return Response.json(answer, { status: isSame ? 200 : 201 });
};

const keeper = (inbox = "shop"): SessionKeeper => new SessionKeeper(inbox, store, "", fetcher);

beforeEach(() => {
  store = new ItemStore();
  known = new Map();
  ids = new Map();
  made = 0;
  asked = [];
});

test("a session is begun once and resumed after a reload", async () => {
  await keeper().open();
  const resumed = await keeper().open();
  expect(resumed.session_token).toBe("token-1");
  expect(asked.map(({ token }) => token)).toEqual([null, "token-1"]);
});

test("a page begins with the session as it was given last, unless it vouches for somebody", async () => {
  const given = await keeper().open(true);
  expect(asked).toHaveLength(1);
  const next = keeper();
  expect(await next.open(true)).toEqual(given);
  expect(asked).toHaveLength(1);
  expect(next.old).toBeTruthy();
  await next.open();
  expect(asked).toHaveLength(2);
  expect(next.old).toBeFalsy();
  const vouched = keeper();
  vouched.identity = "ada";
  await vouched.open(true);
  expect(asked).toHaveLength(3);
  // As an earlier version kept it, or whoever embeds the panel gives it.
  known.set("bare", "visitor");
  store.set("fireside.session.shop", "bare");
  expect((await keeper().open(true)).session_token).toBe("bare");
  expect(asked).toHaveLength(4);
});

test("each inbox has a session of its own", async () => {
  await keeper("shop").open();
  const other = await keeper("blog").open();
  expect(other.session_token).toBe("token-2");
});

test("a session that the server does not know any more is followed by a new one", async () => {
  store.set("fireside.session.shop", "dead");
  const session = await keeper().open();
  expect(session.session_token).toBe("token-1");
  expect(keeper().token).toBe("token-1");
});

test("a server that cannot be reached costs nobody their session", async () => {
  store.set("fireside.session.shop", "precious");
  const broken = new SessionKeeper("shop", store, "", async () => {
    throw new TypeError("Failed to fetch");
  });
  await expect(broken.open()).rejects.toMatchObject({ retryable: true });
  expect(store.get("fireside.session.shop")).toBe("precious");
});

test("an identity that is refused costs nobody their session", async () => {
  const forged = keeper();
  await forged.open();
  forged.identity = "forged";
  await expect(forged.open()).rejects.toMatchObject({ code: "auth_failed" });
  expect(keeper().token).toBe("token-1");
});

test("the host's word on who this is goes along", async () => {
  const vouched = keeper();
  vouched.identity = "signed";
  await vouched.open();
  expect(asked[0]!.body).toEqual({
    inbox: "shop",
    identity: "signed",
    resume_closed: true,
    conversation_id: null,
  });
});

test("a visitor who is identified goes on with the new token, and nothing keeps the old one", async () => {
  const page = keeper();
  await page.open();
  page.identity = "ada";
  const risen = await page.open();
  expect(risen.user.id).toBe(1);
  expect(page.token).toBe("token-2");
  expect(known.has("token-1")).toBe(false);
  expect(store.get("fireside.session.shop")).toBeNull();
});

test("a page that vouches for nobody does not open the session of whoever was identified", async () => {
  const first = keeper();
  first.identity = "ada";
  const ada = await first.open();
  const later = keeper();
  expect(later.token).toBeUndefined();
  const visitor = await later.open();
  expect(visitor.user.id).not.toBe(ada.user.id);
  const back = keeper();
  back.identity = "ada";
  expect((await back.open()).session_token).toBe(ada.session_token);
});

test("an identified session that an earlier version kept as a visitor's is not shown to just anybody", async () => {
  known.set("kept", "ada");
  ids.set("ada", 7);
  store.set("fireside.session.shop", "kept");
  expect((await keeper().open()).user.id).not.toBe(7);
});

test("another tab of the visitor who was identified goes on as the same person", async () => {
  const one = keeper();
  const other = keeper();
  await one.open();
  await other.open();
  one.identity = "ada";
  const risen = await one.open();
  expect((await other.open()).session_token).toBe(risen.session_token);
});

test("signing out ends every session on the server and leaves nothing of this inbox", async () => {
  const page = keeper();
  await page.open();
  store.set("fireside.person.shop", "of-before 9");
  known.set("of-before", "ada");
  for (const key of ["draft.shop.1", "outbox.shop.1.a", "draft.shop"]) store.set(`fireside.${key}`, "x");
  for (const key of ["fireside.session.blog", "fireside.draft.5.shop", "fireside.muted"]) store.set(key, "x");
  await page.end();
  expect(store.keys().sort()).toEqual(["fireside.draft.5.shop", "fireside.muted", "fireside.session.blog"]);
  expect(known.size).toBe(0);
  expect(page.token).toBeUndefined();
});

test("signing out clears the browser though the server cannot be reached", async () => {
  store.set("fireside.session.shop", "precious");
  const broken = new SessionKeeper("shop", store, "", async () => {
    throw new TypeError("Failed to fetch");
  });
  await broken.end();
  expect(store.keys()).toEqual([]);
});

test("a session that was asked for before somebody signed out is not kept", async () => {
  const page = keeper();
  const opening = page.open();
  await page.end();
  await expect(opening).rejects.toThrow("over");
  expect(store.keys()).toEqual([]);
  expect(known.size).toBe(0);
});
