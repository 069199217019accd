import { useEffect, useSyncExternalStore } from "react";

/** Whether the window matches a media query, now and as it changes. */
export function useMediaQuery(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const media = matchMedia(query);
      media.addEventListener("change", listener);
      return () => media.removeEventListener("change", listener);
    },
    () => matchMedia(query).matches,
  );
}

export const PHONE = "(max-width: 719px)";
export const NARROW = "(max-width: 1099px)";
/** There is room for all columns, if each is modest. */
export const TIGHT = "(max-width: 1399px)";

/** Whether the person can be looking at this page: it is visible and has the focus. */
export function isWatched(): boolean {
  return document.visibilityState === "visible" && document.hasFocus();
}

function onWatchedChange(listener: () => void): () => void {
  addEventListener("focus", listener);
  addEventListener("blur", listener);
  document.addEventListener("visibilitychange", listener);
  return () => {
    removeEventListener("focus", listener);
    removeEventListener("blur", listener);
    document.removeEventListener("visibilitychange", listener);
  };
}

export function useWatched(): boolean {
  return useSyncExternalStore(onWatchedChange, isWatched);
}

/**
 * Keep `--viewport-height` at what is visible above an on-screen keyboard.
 * Browsers that resize the content for it agree with `100dvh`; iOS only tells through `visualViewport`.
 */
export function useViewportHeight(): void {
  useEffect(() => {
    const viewport = window.visualViewport;
    if (!viewport) return;
    const update = () => {
      document.documentElement.style.setProperty("--viewport-height", `${viewport.height}px`);
      // iOS scrolls the page up behind the keyboard; our layout already made room for it.
      if (viewport.offsetTop > 0) scrollTo(0, 0);
    };
    update();
    viewport.addEventListener("resize", update);
    viewport.addEventListener("scroll", update);
    return () => {
      viewport.removeEventListener("resize", update);
      viewport.removeEventListener("scroll", update);
    };
  }, []);
}
