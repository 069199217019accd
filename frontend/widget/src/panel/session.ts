import {
  ChatError,
  call,
  isOfToken,
  type SessionOpened,
  type SessionRequest,
  type Store,
} from "@fireside/shared";

/**
 * The sessions of this browser with one inbox: a visitor's, and that of the person for whom the site vouched last.
 * The person's is for pages that vouch for them; on any other there may be somebody else in front of the screen.
 */
export class SessionKeeper {
  /** By which the host page vouches for the customer; empty is none. */
  identity: string | null | undefined;
  /** The person whose session this page has open. */
  userId: number | undefined;
  /** The session of before, as it was given, while the server was not asked about it. */
  old: string | false | undefined;
  /** Whether somebody was signed out since the session was asked for. */
  #hasEnded = false;
  /** The conversation of this page, once the server has named it or the person has chosen it. */
  conversationId: string | undefined;

  constructor(
    readonly inboxKey: string,
    readonly store: Store,
    readonly origin: string,
    readonly fetcher: typeof fetch,
  ) {}

  /** The token to come back with, on a page like this. */
  get token(): string | undefined {
    const [token, id] = this.#kept("person");
    // The visitor of this page may have become that person in another tab.
    return token && (this.identity || id === `${this.userId}`) ? token : this.#kept("session")[0];
  }

  /**
   * Resumes the session or begins one. Either way it is in a conversation that takes a message: an open one, a closed one
   * that the message opens again, or a new one. The first time a visitor's session is the one that was given last, if
   * there is one: the socket tells sooner whether it still is good, and the rest may be asked for then.
   */
  async open(isFirst?: boolean): Promise<SessionOpened> {
    const { token, store } = this;
    this.#hasEnded = false;
    this.old = isFirst && !this.identity && this.#kept("session")[1];
    let session: SessionOpened = this.old
      ? JSON.parse(this.old)
      : await this.#ask(token).catch((error: unknown) => {
          if (!token || !isOfToken(error)) throw error;
          // The server does not know it any more, as after a restored database: begin as somebody new. If it is the
          // identity that was refused, this is refused too, and the session is kept.
          return this.#ask();
        });
    // Nobody says that this is still the same person.
    if (session.is_identified && !this.identity && session.user.id !== this.userId)
      session = await this.#ask();
    const { is_identified, session_token, user } = session;
    if (this.#hasEnded) {
      await this.#call("DELETE", session_token);
      throw new ChatError("auth_failed", "The session is over.", false);
    }
    if (is_identified) {
      if (token === this.#kept("session")[0]) store.remove(this.key("session"));
      store.set(this.key("person"), `${session_token} ${user.id}`);
    } else store.set(this.key("session"), `${session_token} ${JSON.stringify(session)}`);
    this.userId = user.id;
    if (!this.old) this.conversationId = session.conversation_id;
    return session;
  }

  /** Forgets all that this browser keeps of the inbox, and ends its sessions on the server. */
  async end(): Promise<void> {
    const { store } = this;
    const tokens = [this.#kept("person")[0], this.#kept("session")[0]];
    this.identity = this.userId = undefined;
    this.#hasEnded = true;
    for (const key of store.keys()) if (key.split(".")[2] === this.inboxKey) store.remove(key);
    await Promise.allSettled(tokens.map((token) => token && this.#call("DELETE", token)));
  }

  /** The key under which one kind of thing is kept for this inbox. */
  key(kind: string): string {
    return `fireside.${kind}.${this.inboxKey}`;
  }

  #kept(kind: "person" | "session"): (string | undefined)[] {
    return this.store.get(this.key(kind))?.split(/ (.*)/) ?? [];
  }

  #ask(token?: string): Promise<SessionOpened> {
    return this.#call("POST", token, {
      inbox: this.inboxKey,
      identity: this.identity,
      resume_closed: true,
      // Of several, the one that was chosen last, in whichever tab.
      conversation_id: this.conversationId ?? this.store.get(this.key("chosen")),
    } satisfies SessionRequest);
  }

  #call<T>(method: string, token?: string, body?: object): Promise<T> {
    return call<T>(this.fetcher, `${this.origin}/chat/sessions`, {
      method,
      headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(body),
      // An end goes out although the page is left; a session that nobody awaits is not begun.
      keepalive: method === "DELETE",
    });
  }
}
