import { useEffect, useState } from "react";

const whenIdle: (task: () => void) => void =
  typeof requestIdleCallback === "function"
    ? (task) => requestIdleCallback(task)
    : (task) => setTimeout(task, 200);

/**
 * A part that is not needed for the first view, fetched when the browser has nothing better to do; undefined until it is
 * there. Without a connection it is tried again when somebody `needs` it.
 */
export function useIdle<Part>(load: () => Promise<Part>, needs: boolean): Part | undefined {
  const [part, setPart] = useState<Part>();
  const isThere = part !== undefined;
  useEffect(() => {
    if (isThere) return;
    const get = (): void =>
      void load().then(
        (loaded) => setPart(() => loaded),
        () => {},
      );
    if (needs) get();
    else whenIdle(get);
  }, [needs, isThere]);
  return part;
}
