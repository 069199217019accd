import { expect, test } from "vitest";
import { Rest } from "./rest";

interface Asked {
  token: string | null;
  body: string | null;
}

function rest(answers: Response[]): { rest: Rest; asked: Asked[]; tokens: boolean[] } {
  const asked: Asked[] = [];
  const tokens: boolean[] = [];
  const fetcher: typeof fetch = async (_, init) => {
    asked.push({
      token: new Headers(init?.headers).get("authorization"),
      body: (init?.body as string | null) ?? null,
    });
    const answer = answers.shift();
    if (!answer) throw new TypeError("Failed to fetch");
    return answer;
  };
  const token = async (fresh: boolean): Promise<string> => {
    tokens.push(fresh);
    return fresh ? "new" : "old";
  };
  return { rest: new Rest({ origin: "", token, fetch: fetcher }), asked, tokens };
}

const refused = (status: number, body: object): Response => Response.json(body, { status });

test.each(["token_expired", "auth_failed"])("a token refused as %s is renewed once", async (code) => {
  const side = rest([refused(401, { code, message: "" }), Response.json({ ok: 1 })]);
  await expect(side.rest.post("/x", { a: 1 })).resolves.toEqual({ ok: 1 });
  expect(side.asked).toEqual([
    { token: "Bearer old", body: '{"a":1}' },
    { token: "Bearer new", body: '{"a":1}' },
  ]);
});

test("a refusal keeps its code, its sentence and when to come back", async () => {
  const side = rest([refused(429, { code: "rate_limited", message: "Slower.", retry_after_ms: 700 })]);
  await expect(side.rest.get("/x")).rejects.toMatchObject({
    code: "rate_limited",
    message: "Slower.",
    retryable: true,
    retryAfterMs: 700,
  });
  expect(side.tokens).toEqual([false]);
});

test("a proxy's error page and a dead network are worth another try", async () => {
  const side = rest([new Response("<html>Bad gateway</html>", { status: 502 })]);
  await expect(side.rest.get("/x")).rejects.toMatchObject({ code: "unreachable", retryable: true });
  await expect(side.rest.get("/x")).rejects.toMatchObject({ code: "unreachable", retryable: true });
});

test("what is refused for good is not", async () => {
  const side = rest([refused(404, { code: "not_found", message: "There is no such conversation." })]);
  await expect(side.rest.get("/x")).rejects.toMatchObject({ code: "not_found", retryable: false });
});
