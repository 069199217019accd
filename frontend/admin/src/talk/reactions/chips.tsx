import type { Message } from "@fireside/shared/log/lane";
import { kindsOf } from "@fireside/shared/log/message-changes";
import { Button, Tooltip, TooltipTrigger } from "react-aria-components";
import { language } from "../../ui/language";
import { words } from "./words";
import "./reactions.css";

interface ChipsProps {
  message: Message;
  ownId: number;
  onToggle(emoji: string): void;
}

/** The reactions under a message: how many, and by whom. */
export function ReactionChips({ message, ownId, onToggle }: ChipsProps) {
  const kinds = kindsOf(message);
  if (kinds.length === 0) return null;
  return (
    <span className="reactions">
      {kinds.map(({ emoji, names, ids }) => {
        const told = new Intl.ListFormat(language, { type: "conjunction" }).format(
          names.map((name, index) => (ids[index] === ownId ? words.you : name)),
        );
        return (
          <TooltipTrigger key={emoji} delay={300}>
            <Button
              className="reaction"
              data-own={ids.includes(ownId) || undefined}
              aria-label={words.reacted(emoji, ids.length, told)}
              aria-pressed={ids.includes(ownId)}
              onPress={() => onToggle(emoji)}
            >
              {emoji} <span>{ids.length}</span>
            </Button>
            <Tooltip className="tooltip" offset={6}>
              {told}
            </Tooltip>
          </TooltipTrigger>
        );
      })}
    </span>
  );
}
