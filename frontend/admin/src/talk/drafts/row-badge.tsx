import type { Conversation } from "@fireside/shared/protocol";
import { useSyncExternalStore } from "react";
import { PencilIcon } from "../../ui/icons";
import { useTalk } from "../talk";
import { words } from "./words";
import "./row-badge.css";

/** This agent has begun to write there. */
export function DraftBadge({ conversation: { id } }: { conversation: Conversation }) {
  const { drafts } = useTalk();
  const isBegun = useSyncExternalStore(drafts.subscribe, () => drafts.isBegun(id));
  if (!isBegun) return null;
  return (
    <span className="row-badge row-draft" title={words.begun}>
      <PencilIcon />
      <span className="visually-hidden">{words.begun}</span>
    </span>
  );
}
