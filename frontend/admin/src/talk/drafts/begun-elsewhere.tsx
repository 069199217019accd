import { Suspense, useSyncExternalStore } from "react";
import { lazily } from "../../ui/lazily";
import { useTalk } from "../talk";

const DraftCard = lazily(() => import("./draft-card"), "DraftCard");

/** Texts for this conversation that were begun in another tab or on another device, beside the one in the field. */
export function BegunElsewhere({ conversationId }: { conversationId: string }) {
  const { drafts } = useTalk();
  const others = useSyncExternalStore(drafts.subscribe, () => drafts.others(conversationId));
  return (
    <Suspense>
      {others.map((draft) => (
        <DraftCard
          key={`${draft.lane} ${draft.client_msg_id}`}
          draft={draft}
          onTake={() => drafts.swap(conversationId, draft)}
          onDiscard={() => drafts.discard(conversationId, draft)}
        />
      ))}
    </Suspense>
  );
}
