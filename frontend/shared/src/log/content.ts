import type { Content, NewText } from "../protocol";

/** The view of each type of content; a new type does not compile until every face has one. */
export type Views<Result> = {
  [Type in Content["type"]]: (content: Extract<Content, { type: Type }>) => Result;
};

/** Chooses by the content's type. One that only a newer server knows is `unknown`, and never looks deleted. */
export function byContent<Result>(content: Content | NewText, views: Views<Result>): Result {
  const view = (views[content.type] ?? views.unknown) as (content: Content | NewText) => Result;
  return view(content);
}
