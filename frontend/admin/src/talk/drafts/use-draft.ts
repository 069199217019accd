import type { NewMessage } from "@fireside/shared/log/new-message";
import { useEffect, useRef } from "react";
import { useComposer } from "../composer/handle";
import { useTalk } from "../talk";

/** Lets the draft of the conversation on the screen follow from other tabs and devices, as long as nobody types here. */
export function useDraft(conversationId: string, onTaken: (draft: NewMessage) => void): void {
  const { drafts } = useTalk();
  const composer = useComposer();
  const taken = useRef(onTaken);
  useEffect(() => {
    taken.current = onTaken;
  });
  useEffect(
    () =>
      drafts.open(conversationId, {
        take(draft) {
          composer.current?.take(draft);
          taken.current(draft);
        },
        isBusy: () => composer.current?.isBusy() ?? false,
      }),
    [drafts, composer, conversationId],
  );
}
