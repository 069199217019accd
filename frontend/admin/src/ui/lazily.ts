import { type ComponentType, lazy } from "react";

/** A component in a chunk of its own, fetched when it is first shown. */
export function lazily<Name extends string, Props = object>(
  load: () => Promise<Record<Name, ComponentType<Props>>>,
  name: Name,
): ComponentType<Props> {
  return lazy(async () => ({ default: (await load())[name] })) as unknown as ComponentType<Props>;
}
