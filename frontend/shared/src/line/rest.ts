import { asChatError, ChatError } from "./errors";

/** Longer than the long poll's 25 s; what takes more is lost. */
const LONGEST_MS = 40_000;

export interface RestOptions {
  /** The origin of the chat; empty for the page's own. */
  origin: string;
  token(fresh: boolean): Promise<string>;
  fetch: typeof fetch;
}

/** The REST API as the signed-in person: JSON in, JSON out, refusals as `ChatError`. */
export class Rest {
  constructor(readonly options: RestOptions) {}

  get<T>(path: string, signal?: AbortSignal): Promise<T> {
    return this.send<T>("GET", path, undefined, signal);
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return this.send<T>("POST", path, body);
  }

  /** Sends once, and once more with a fresh token when the first was refused. */
  async send<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
    try {
      return await this.#sendOnce<T>(method, path, body, signal, false);
    } catch (error) {
      if (!isOfToken(error)) throw error;
      return this.#sendOnce<T>(method, path, body, signal, true);
    }
  }

  async #sendOnce<T>(
    method: string,
    path: string,
    body: unknown,
    signal: AbortSignal | undefined,
    fresh: boolean,
  ): Promise<T> {
    const { origin, token, fetch } = this.options;
    const headers = { authorization: `Bearer ${await token(fresh)}`, "content-type": "application/json" };
    return call<T>(fetch, origin + path, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ?? null,
    });
  }
}

/** Whether the token was refused, as one that has ended or that the server does not know any more. */
export const isOfToken = (error: unknown): boolean =>
  /^(auth_failed|token_expired)$/.test(asChatError(error).code);

/** One call; a body that is not JSON, such as a proxy's error page, is an error of the network. */
export async function call<T>(fetcher: typeof fetch, url: string, init: RequestInit): Promise<T> {
  const timeout = AbortSignal.timeout(LONGEST_MS);
  let response: Response;
  let answer: unknown;
  try {
    response = await fetcher(url, {
      ...init,
      signal: init.signal ? AbortSignal.any([init.signal, timeout]) : timeout,
    });
    answer = response.status === 204 ? undefined : await response.json();
  } catch (error) {
    throw asChatError(error);
  }
  if (response.ok) return answer as T;
  throw refusal(response.status, answer);
}

function refusal(status: number, answer: unknown): ChatError {
  const { code, message, retry_after_ms } = (answer ?? {}) as Record<string, unknown>;
  const retryable = status === 429 || status >= 500;
  return new ChatError(
    typeof code === "string" ? code : "internal",
    typeof message === "string" ? message : "",
    retryable,
    typeof retry_after_ms === "number" ? retry_after_ms : undefined,
  );
}
