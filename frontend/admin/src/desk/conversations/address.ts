import type { ConversationStatus } from "@fireside/shared/protocol";

/** The app's place on its origin; paths are below it. */
export const BASE = "/admin";
/** The pattern of a conversation's path. */
export const CONVERSATION = "/c/:id";

/** The list of this status, and nothing beside it. */
export function listPath(status: ConversationStatus): string {
  return `/${query(status)}`;
}

/** A conversation, beside the list of this status. */
export function conversationPath(id: string, status: ConversationStatus): string {
  return `/c/${id}${query(status)}`;
}

export function statusOf(search: URLSearchParams): ConversationStatus {
  return search.get("show") === "closed" ? "closed" : "open";
}

/** The conversation that an address has on the screen. */
export function conversationAt({ pathname }: Pick<Location, "pathname">): string | undefined {
  return new RegExp(`^${BASE}/c/([^/]+)`).exec(pathname)?.[1];
}

function query(status: ConversationStatus): string {
  return status === "closed" ? "?show=closed" : "";
}
