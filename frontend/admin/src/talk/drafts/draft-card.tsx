import type { Draft } from "@fireside/shared/protocol/rest";
import { useId } from "react";
import { Button } from "react-aria-components";
import { LockIcon } from "../../ui/icons";
import { words } from "./words";
import "./draft-card.css";

interface DraftCardProps {
  draft: Draft;
  onTake(): void;
  onDiscard(): void;
}

/** A text that was begun elsewhere: nothing of it is lost until somebody says so. */
export function DraftCard({ draft, onTake, onDiscard }: DraftCardProps) {
  const isNote = draft.lane === "team";
  const title = useId();
  return (
    <section className="draft-card" data-note={isNote || undefined} role="status" aria-labelledby={title}>
      <h3 id={title}>
        {isNote && <LockIcon />}
        {isNote ? words.noteElsewhere : words.replyElsewhere}
      </h3>
      <p className="draft-text" dir="auto">
        {draft.text}
      </p>
      <p className="draft-actions">
        <Button className="button" onPress={onTake}>
          {words.take}
        </Button>
        <Button className="button quiet" onPress={onDiscard}>
          {words.discard}
        </Button>
      </p>
    </section>
  );
}
