/** The errors, by the protocol's codes, and three of the client's own: `disconnected`, `unreachable`, `outbox_full`. */
export class ChatError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly retryable: boolean,
    readonly retryAfterMs?: number,
  ) {
    super(message);
    this.name = "ChatError";
  }
}

export const disconnected = (): ChatError => new ChatError("disconnected", "The connection has ended.", true);

/** Anything thrown, as a `ChatError`; what is not one is a network failure and worth another try. */
export function asChatError(error: unknown): ChatError {
  if (error instanceof ChatError) return error;
  return new ChatError("unreachable", error instanceof Error ? error.message : String(error), true);
}
