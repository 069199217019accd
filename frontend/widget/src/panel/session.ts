import { asChatError, call, type ChatError, type Store, type User } from "@fireside/shared";

export interface Inbox {
  name: string;
  welcome: string;
  colour: string | null;
  agents_online: boolean;
}

export interface Session {
  session_token: string;
  user: User;
  conversation_id: string;
  inbox: Inbox;
}

/** The customer's session with one inbox: where its token is kept, and how one comes by it. */
export class SessionKeeper {
  /** By which the host page vouches for the customer. */
  identity: string | undefined;
  token: string | null;

  constructor(
    readonly inboxKey: string,
    readonly store: Store,
    readonly origin: string,
    readonly fetcher: typeof fetch,
  ) {
    this.token = store.get(this.#key);
  }

  /** Resumes the session or begins one; after a closed conversation either way in a new conversation. */
  async open(): Promise<Session> {
    const session = await this.#ask(this.token).catch((error: unknown) => {
      if (!this.token || !isDead(asChatError(error))) throw error;
      // The server does not know it any more, as after a restored database: begin as somebody new. Where it is the
      // identity that was refused, this is refused too, and the session is kept.
      return this.#ask(null);
    });
    this.token = session.session_token;
    this.store.set(this.#key, session.session_token);
    return session;
  }

  #ask(token: string | null): Promise<Session> {
    return call<Session>(this.fetcher, `${this.origin}/chat/sessions`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ inbox: this.inboxKey, identity: this.identity }),
    });
  }

  get #key(): string {
    return `fireside.session.${this.inboxKey}`;
  }
}

const isDead = ({ code }: ChatError): boolean => code === "auth_failed" || code === "token_expired";
