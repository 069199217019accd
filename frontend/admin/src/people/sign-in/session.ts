import { ChatError } from "@fireside/shared/line/errors";
import { call } from "@fireside/shared/line/rest";
import type { AgentUser, SignedIn } from "@fireside/shared/protocol/rest";

export type Agent = AgentUser;

/** A server of the version before leaves `expires_in` out. */
type Tokens = Omit<SignedIn, "expires_in"> & Partial<SignedIn>;

/** A token, and its life on this machine's own clock, which may be wrong by hours. */
interface Held {
  token: string;
  lifeMs: number;
  endsAt: number;
}

export type SessionState =
  | { status: "restoring" }
  | { status: "unreachable" }
  | { status: "signed_out"; expired: boolean }
  | { status: "signed_in"; agent: Agent };

/** A token is renewed when it has less than this left, or a quarter of its life if that is shorter. */
const RENEW_BEFORE_MS = 30_000;
const UNREACHABLE_RETRY_MS = 5_000;

/**
 * The agent who is signed in. The access token lives in memory only; the refresh cookie, which scripts can't read,
 * brings it back after a reload and renews it before it ends.
 */
export class Session {
  #state: SessionState = { status: "restoring" };
  #held: Held | undefined;
  #renewal: Promise<string> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  readonly #listeners = new Set<() => void>();
  readonly #otherTabs = new BroadcastChannel("fireside-session");

  constructor() {
    this.#otherTabs.onmessage = ({ data }) =>
      data === "signed_out" ? this.#drop(false) : void this.restore();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  getState = (): SessionState => this.#state;

  /** Stop listening to other tabs and trying again. */
  close(): void {
    clearTimeout(this.#retry);
    this.#otherTabs.close();
  }

  /** @throws {ChatError} with the server's code, or `unreachable`. */
  async login(email: string, password: string): Promise<void> {
    this.#take(await post<Tokens>("/auth/login", { email, password }));
    this.#otherTabs.postMessage("signed_in");
  }

  async logout(): Promise<void> {
    await post("/auth/logout");
    this.#drop(false);
    this.#otherTabs.postMessage("signed_out");
  }

  /** Sign in by the cookie, if there is one; while the server can't be reached, try again every five seconds. */
  async restore(): Promise<void> {
    clearTimeout(this.#retry);
    try {
      await this.#renew();
    } catch (error) {
      if (isRefusal(error) || this.#state.status === "signed_in") return;
      this.#change({ status: "unreachable" });
      this.#retry = setTimeout(() => void this.restore(), UNREACHABLE_RETRY_MS);
    }
  }

  /** The access token as it is, perhaps at its end; empty while nobody is signed in. */
  get accessToken(): string {
    return this.#held?.token ?? "";
  }

  /** An access token that is good for at least half a minute; a new one in any case when `fresh`. */
  token = async (fresh: boolean): Promise<string> => {
    const held = this.#held;
    const isGood = held && held.endsAt - Date.now() > Math.min(RENEW_BEFORE_MS, held.lifeMs / 4);
    return isGood && !fresh ? held.token : this.#renew();
  };

  /** One renewal for all who wait for it; a refusal signs out. */
  #renew(): Promise<string> {
    this.#renewal ??= this.#refresh().finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  async #refresh(): Promise<string> {
    try {
      // Each renewal replaces the cookie; two tabs that used the same one would look like a thief.
      const tokens = await exclusively(() => post<Tokens>("/auth/refresh"));
      this.#take(tokens);
      return tokens.access_token;
    } catch (error) {
      if (isRefusal(error)) this.#drop(this.#state.status === "signed_in");
      throw error;
    }
  }

  #take({ access_token, expires_at, expires_in, user }: Tokens): void {
    const now = Date.now();
    const lifeMs = expires_in === undefined ? Date.parse(expires_at) - now : expires_in * 1000;
    this.#held = { token: access_token, lifeMs, endsAt: now + lifeMs };
    const known = this.#state.status === "signed_in" ? this.#state.agent : undefined;
    if (JSON.stringify(known) === JSON.stringify(user)) return;
    this.#change({ status: "signed_in", agent: user });
  }

  #drop(expired: boolean): void {
    this.#held = undefined;
    if (this.#state.status !== "signed_out") this.#change({ status: "signed_out", expired });
  }

  #change(state: SessionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

function post<T>(path: string, body?: unknown): Promise<T> {
  const json = body === undefined ? {} : { body: JSON.stringify(body) };
  return call<T>(fetch, path, { method: "POST", headers: { "content-type": "application/json" }, ...json });
}

/** The server answered and does not want this cookie: not a failure that passes. */
function isRefusal(error: unknown): boolean {
  return error instanceof ChatError && !error.retryable;
}

function exclusively<T>(action: () => Promise<T>): Promise<T> {
  // Web Locks need a secure context; over plain HTTP in a local network we do without.
  return navigator.locks ? navigator.locks.request("fireside-refresh", action) : action();
}
