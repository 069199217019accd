import { timeOfDay } from "@fireside/shared/format/times";
import type { Message } from "@fireside/shared/log/lane";
import { lazy, Suspense, useRef, useState } from "react";
import { MoreIcon, ReplyIcon, SmileIcon } from "../../ui/icons";
import { language } from "../../ui/language";
import { useMessageActions } from "../actions";
import type { Opened } from "./overlays";
import { words } from "./words";
import "./changes.css";

/** In a chunk of its own, which is fetched as soon as a hand comes near. */
const load = () => import("./overlays");
const Overlays = lazy(async () => ({ default: (await load()).Overlays }));
const fetchSoon = (): void => void load().catch(() => {});

interface ToolsProps {
  message: Message;
  onProblem(problem?: string): void;
}

/** What can be done to a message. The buttons are plain ones, for there is a set to every row. */
export function MessageTools({ message, onProblem }: ToolsProps) {
  const { reply } = useMessageActions();
  const [opened, setOpened] = useState<Opened>();
  const more = useRef<HTMLButtonElement>(null);
  const { content, sender, at } = message;
  const name = words.actions(sender.name, timeOfDay(at, language));
  return (
    <span
      className="message-tools"
      data-open={opened !== undefined || undefined}
      onPointerEnter={fetchSoon}
      onFocus={fetchSoon}
    >
      {content.type === "text" && (
        <button
          type="button"
          tabIndex={-1}
          aria-hidden="true"
          title={words.react}
          onClick={() => setOpened("react")}
        >
          <SmileIcon />
        </button>
      )}
      <button
        type="button"
        tabIndex={-1}
        aria-hidden="true"
        title={words.reply}
        onClick={() => reply(message)}
      >
        <ReplyIcon />
      </button>
      <button
        ref={more}
        type="button"
        aria-haspopup="menu"
        aria-expanded={opened === "menu"}
        aria-label={name}
        onClick={() => setOpened("menu")}
      >
        <MoreIcon />
      </button>
      {opened && (
        <Suspense fallback={null}>
          <Overlays
            name={name}
            message={message}
            trigger={more}
            opened={opened}
            onOpen={setOpened}
            onProblem={onProblem}
          />
        </Suspense>
      )}
    </span>
  );
}
