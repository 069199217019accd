import { useEffect, useRef } from "react";

/**
 * On a phone one pane replaces the other, and the focus would be left on what is gone: it goes to the
 * conversation that opens, and back to its row in the list.
 */
export function usePaneFocus(isPhone: boolean, conversationId: string | undefined): void {
  const previous = useRef(conversationId);
  useEffect(() => {
    const left = previous.current;
    previous.current = conversationId;
    if (!isPhone || left === conversationId) return;
    const target =
      conversationId === undefined ? `[data-conversation="${CSS.escape(left ?? "")}"]` : "#conversation";
    document.querySelector<HTMLElement>(target)?.focus({ preventScroll: true });
  }, [isPhone, conversationId]);
}
