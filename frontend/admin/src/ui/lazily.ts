import { type ComponentType, lazy } from "react";

/** A component in a chunk of its own, fetched when it is first shown. */
export function lazily<Name extends string>(
  load: () => Promise<Record<Name, ComponentType>>,
  name: Name,
): ComponentType {
  return lazy(async () => ({ default: (await load())[name] as ComponentType }));
}
