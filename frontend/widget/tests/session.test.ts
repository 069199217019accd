import { MemoryStore } from "@fireside/shared";
import { beforeEach, expect, test } from "vitest";
import { SessionKeeper } from "../src/panel/session";

let store: MemoryStore;
let known: Set<string>;
let asked: { token: string | null; body: Record<string, unknown> }[];

/** The server's side: resumes a token it knows, refuses one it does not, and makes a new one without. */
const fetcher: typeof fetch = async (_, init) => {
  const token = new Headers(init?.headers).get("authorization")?.slice("Bearer ".length) ?? null;
  asked.push({ token, body: JSON.parse(String(init?.body)) });
  if ((token !== null && !known.has(token)) || asked.at(-1)?.body["identity"] === "forged") {
    return Response.json({ code: "auth_failed", message: "This session is over." }, { status: 401 });
  }
  const session_token = token ?? `token-${known.size + 1}`;
  known.add(session_token);
  return Response.json({ session_token, conversation_id: "c" }, { status: token ? 200 : 201 });
};

const keeper = (inbox = "shop"): SessionKeeper => new SessionKeeper(inbox, store, "", fetcher);

beforeEach(() => {
  store = new MemoryStore();
  known = new Set();
  asked = [];
});

test("a session is begun once and resumed after a reload", async () => {
  await keeper().open();
  const resumed = await keeper().open();
  expect(resumed.session_token).toBe("token-1");
  expect(asked.map(({ token }) => token)).toEqual([null, "token-1"]);
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
  expect(store.get("fireside.session.shop")).toBe("token-1");
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
  expect(store.get("fireside.session.shop")).toBe("token-1");
});

test("the host's word on who this is goes along", async () => {
  const vouched = keeper();
  vouched.identity = "signed";
  await vouched.open();
  expect(asked[0]!.body).toEqual({ inbox: "shop", identity: "signed" });
});
