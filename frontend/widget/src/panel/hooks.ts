import { useEffect, useReducer, useState } from "preact/hooks";

/** Renders again whenever `subscribe` tells. */
export function useSubscription(subscribe: ((listener: () => void) => () => void) | undefined): void {
  const [, render] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    render(undefined);
    return subscribe?.(() => render(undefined));
  }, [subscribe]);
}

/** True once `condition` has held for so long without a break. */
export function useLasting(condition: boolean, ms: number): boolean {
  const [lasting, setLasting] = useState(false);
  useEffect(() => {
    setLasting(false);
    if (!condition) return;
    const timer = setTimeout(() => setLasting(true), ms);
    return () => clearTimeout(timer);
  }, [condition, ms]);
  return condition && lasting;
}
