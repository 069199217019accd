import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Session } from "./session";

type Answer = { status: number; body?: unknown } | "unreachable";

const ADA = { id: 1, name: "Ada", email: "ada@example.com", is_admin: true };
const tokens = (token: string, seconds = 900, user = ADA, clockIsWrongBy = 0) => {
  const expires_at = new Date(Date.now() + (seconds + clockIsWrongBy) * 1000).toISOString();
  return { status: 200, body: { access_token: token, expires_at, expires_in: seconds, user } };
};
const refused = { status: 401, body: { code: "not_authenticated", message: "Sign in." } };

let answers: Answer[];
let asked: string[];

beforeEach(() => {
  answers = [];
  asked = [];
  vi.stubGlobal("navigator", {});
  vi.stubGlobal("fetch", async (path: string) => {
    asked.push(path);
    const answer = answers.shift() ?? "unreachable";
    if (answer === "unreachable") throw new TypeError("Failed to fetch");
    return new Response(answer.body === undefined ? null : JSON.stringify(answer.body), {
      status: answer.status,
    });
  });
});

const sessions: Session[] = [];
afterEach(() => {
  for (const session of sessions.splice(0)) session.close();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function begin(): Session {
  const session = new Session();
  sessions.push(session);
  return session;
}

test("a reload signs in by the cookie", async () => {
  answers = [tokens("one")];
  const session = begin();
  await session.restore();
  expect(session.getState()).toEqual({ status: "signed_in", agent: ADA });
  expect(session.accessToken).toBe("one");
});

test("without a cookie the sign-in page comes, and does not speak of an ended session", async () => {
  answers = [refused];
  const session = begin();
  await session.restore();
  expect(session.getState()).toEqual({ status: "signed_out", expired: false });
});

test("a server that is away signs nobody out", async () => {
  answers = [tokens("one"), "unreachable"];
  const session = begin();
  await session.restore();
  await expect(session.token(true)).rejects.toMatchObject({ code: "unreachable", retryable: true });
  expect(session.getState().status).toBe("signed_in");
});

test.each([60, 20, 1])(
  "a token of %d seconds is used, and not renewed for each question",
  async (seconds) => {
    answers = [tokens("short", seconds)];
    const session = begin();
    await session.restore();
    for (let i = 0; i < 20; i++) expect(await session.token(false)).toBe("short");
    expect(asked).toEqual(["/auth/refresh"]);
  },
);

test.each([-86_400, 86_400])("a clock that is wrong by %d seconds renews nothing early", async (wrong) => {
  answers = [tokens("one", 900, ADA, wrong)];
  const session = begin();
  await session.restore();
  expect(await session.token(false)).toBe("one");
  expect(asked).toEqual(["/auth/refresh"]);
});

test("a token is renewed shortly before its end, once for all who ask", async () => {
  answers = [tokens("short", 900), tokens("long")];
  const session = begin();
  await session.restore();
  vi.spyOn(Date, "now").mockReturnValue(Date.now() + 880_000);
  expect(await Promise.all([session.token(false), session.token(false)])).toEqual(["long", "long"]);
  expect(asked).toEqual(["/auth/refresh", "/auth/refresh"]);
  expect(await session.token(false)).toBe("long");
  expect(asked).toHaveLength(2);
});

test("a refused renewal signs out and says that the session ended", async () => {
  answers = [tokens("one"), refused];
  const session = begin();
  await session.restore();
  await expect(session.token(true)).rejects.toThrow();
  expect(session.getState()).toEqual({ status: "signed_out", expired: true });
});

test("a wrong password leaves everything as it was", async () => {
  answers = [refused, { status: 401, body: { code: "auth_failed", message: "Wrong." } }];
  const session = begin();
  await session.restore();
  await expect(session.login("ada@example.com", "wrong")).rejects.toMatchObject({ code: "auth_failed" });
  expect(session.getState().status).toBe("signed_out");
});

test("signing out in one tab signs out the others", async () => {
  answers = [tokens("one"), tokens("two"), { status: 204 }];
  const [here, there] = [begin(), begin()];
  await here.restore();
  await there.restore();
  const left = new Promise<void>((resolve) => there.subscribe(resolve));
  await here.logout();
  await left;
  expect(there.getState()).toEqual({ status: "signed_out", expired: false });
});
