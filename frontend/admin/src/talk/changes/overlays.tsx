import { asChatError } from "@fireside/shared/line/errors";
import type { Message } from "@fireside/shared/log/lane";
import { isYoung, toggleReaction } from "@fireside/shared/log/message-changes";
import type { RefObject } from "react";
import { Menu, MenuItem, Popover } from "react-aria-components";
import { useChat } from "../../ui/chat";
import { useMessageActions } from "../actions";
import { QuickReactions } from "../reactions/quick";
import { useTalk } from "../talk";
import { DeleteDialog, HistoryDialog } from "./dialogs";
import { words } from "./words";

export type Opened = "menu" | "react" | "history" | "delete";

interface OverlaysProps {
  /** Of the menu. */
  name: string;
  message: Message;
  trigger: RefObject<HTMLButtonElement | null>;
  opened: Opened;
  onOpen(opened?: Opened): void;
  onProblem(problem?: string): void;
}

/** What opens above a message: its menu, and whatever that leads to. */
export function Overlays({ name, message, trigger, opened, onOpen, onProblem }: OverlaysProps) {
  const { room, ownId, isAdmin, edit, reply } = useMessageActions();
  const { reading } = useTalk();
  const chat = useChat();
  const { content, sender, edited } = message;
  const isText = content.type === "text";
  const isOwn = sender.id === ownId;
  const close = (): void => onOpen();

  async function react(emoji: string): Promise<void> {
    close();
    onProblem();
    await toggleReaction(room, message, emoji, ownId).catch((error: unknown) =>
      onProblem(asChatError(error).code === "invalid" ? words.tooMany : words.reactionFailed),
    );
  }

  async function putBack(): Promise<void> {
    onProblem();
    await reading.putBack(room.id, message.seq).catch(() => onProblem(words.failed));
  }

  function act(action: string): void {
    if (action === "react" || action === "history" || action === "delete") return onOpen(action);
    close();
    if (action === "reply") reply(message);
    if (action === "edit") edit(message);
    if (action === "unread") void putBack();
    if (action === "copy" && isText) void navigator.clipboard.writeText(content.text);
  }

  switch (opened) {
    case "history":
      return <HistoryDialog message={message} onClose={close} />;
    case "delete":
      return <DeleteDialog message={message} onClose={close} />;
    case "react":
      return (
        <Popover
          className="popover reactions-popover"
          aria-label={words.react}
          triggerRef={trigger}
          isOpen
          onOpenChange={close}
          placement="top end"
        >
          <QuickReactions onChoose={(emoji) => void react(emoji)} />
        </Popover>
      );
    case "menu":
      return (
        <Popover
          className="popover"
          aria-label={name}
          triggerRef={trigger}
          isOpen
          onOpenChange={close}
          placement="bottom end"
        >
          <Menu className="menu" autoFocus="first" aria-label={name} onAction={(key) => act(String(key))}>
            {isText && <Item id="react" name={words.react} />}
            <Item id="reply" name={words.reply} />
            {isText && <Item id="copy" name={words.copy} />}
            {message.lane === "public" && <Item id="unread" name={words.unread} />}
            {isText && isOwn && isYoung(message, chat.limits, Date.now()) && (
              <Item id="edit" name={words.edit} />
            )}
            {edited && <Item id="history" name={words.history} />}
            {isText && (isOwn || isAdmin) && <Item id="delete" name={words.remove} />}
          </Menu>
        </Popover>
      );
  }
}

function Item({ id, name }: { id: string; name: string }) {
  return (
    <MenuItem id={id} className="menu-item" textValue={name}>
      {name}
    </MenuItem>
  );
}
