/** The app's place on its origin; paths are below it. */
export const BASE = "/admin";
/** The pattern of a conversation's path. */
export const CONVERSATION = "/c/:id";
/** The view without an address of its own: the desk opens with it. */
export const FIRST_VIEW = "open";

/** What narrows a list to one or some of several, in the order in which it is shown. */
export const CHOICES = ["status", "assignee", "team", "label", "priority", "inbox"] as const;
export type ChoiceName = (typeof CHOICES)[number];

/** A list as its address has it: a view, narrowed and ordered in the list's head. */
export interface ListAddress extends Partial<Record<ChoiceName, string | undefined>> {
  /** The view's id. What else narrows it is names or numbers between commas, "none", or for the assignee "me". */
  view: string;
  /** Only those that wait. */
  waiting?: boolean | undefined;
  sort?: "activity" | "waiting" | undefined;
}

/** The list alone. */
export function listPath(list: ListAddress): string {
  return `/${query(list)}`;
}

/** A conversation, beside the list. */
export function conversationPath(id: string, list: ListAddress): string {
  return `/c/${id}${query(list)}`;
}

export function listAt(search: URLSearchParams): ListAddress {
  const sort = search.get("sort");
  // Addresses from before there were views.
  const first = search.get("show") === "closed" ? "closed" : FIRST_VIEW;
  return {
    view: search.get("view") ?? first,
    ...Object.fromEntries(CHOICES.map((name) => [name, search.get(name) ?? undefined])),
    waiting: search.has("waiting") || undefined,
    sort: sort === "activity" || sort === "waiting" ? sort : undefined,
  };
}

/** The conversation that an address has on the screen. */
export function conversationAt({ pathname }: Pick<Location, "pathname">): string | undefined {
  return new RegExp(`^${BASE}/c/([^/]+)`).exec(pathname)?.[1];
}

function query({ view, waiting, sort, ...narrowed }: ListAddress): string {
  const search = new URLSearchParams();
  if (view !== FIRST_VIEW) search.set("view", view);
  for (const name of CHOICES) {
    const chosen = narrowed[name];
    if (chosen !== undefined) search.set(name, chosen);
  }
  if (waiting) search.set("waiting", "");
  if (sort !== undefined) search.set("sort", sort);
  const text = search.toString().replace("waiting=", "waiting").replaceAll("%2C", ",");
  return text === "" ? "" : `?${text}`;
}
