import { createContext, type Provider, useContext } from "react";

/** Something that components far below are given: its provider, and the hook that takes it. Without the first, the second throws. */
export function provided<Value>(name: string): [Provider<Value | undefined>, () => Value] {
  const context = createContext<Value | undefined>(undefined);
  function useProvided(): Value {
    const value = useContext(context);
    if (value === undefined) throw new Error(`nobody provides ${name}`);
    return value;
  }
  return [context.Provider, useProvided];
}
