import { fullTime } from "@fireside/shared/format/times";
import type { Message } from "@fireside/shared/log/lane";
import { changeMessage } from "@fireside/shared/log/message-changes";
import type { Edits } from "@fireside/shared/protocol/rest";
import { type ReactNode, useEffect, useState } from "react";
import { Button, Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { IconButton } from "../../ui/icon-button";
import { CloseIcon } from "../../ui/icons";
import { language } from "../../ui/language";
import { useMessageActions } from "../actions";
import { viewOf } from "../contents/views";
import { words } from "./words";
import "./changes.css";

interface DialogProps {
  message: Message;
  onClose(): void;
}

/** What a message read before each of its edits, for the team alone. */
export function HistoryDialog({ message, onClose }: DialogProps) {
  const { room } = useMessageActions();
  const [edits, setEdits] = useState<Edits>();
  const [hasFailed, setFailed] = useState(false);

  useEffect(() => {
    const controller = new AbortController();
    room.link.rest
      .get<Edits>(
        `/chat/conversations/${room.id}/messages/${message.seq}/edits?lane=${message.lane}`,
        controller.signal,
      )
      .then(setEdits, () => setFailed(!controller.signal.aborted));
    return () => controller.abort();
    // A further edit, or the deletion, is another list.
  }, [room, message]);

  return (
    <Framed title={words.historyTitle} onClose={onClose}>
      {!edits && (
        <p role={hasFailed ? "alert" : "status"}>{hasFailed ? words.historyFailed : words.historyLoading}</p>
      )}
      {edits?.items.length === 0 && <p>{words.historyEmpty}</p>}
      <ol className="former-texts">
        {edits?.items.map(({ content, sender, created_at }) => {
          const { Body } = viewOf(content);
          return (
            <li key={created_at}>
              <p>
                <b dir="auto">{sender.name}</b>{" "}
                <time dateTime={created_at}>{fullTime(Date.parse(created_at), language)}</time>
              </p>
              <div dir="auto">
                <Body content={content} />
              </div>
            </li>
          );
        })}
      </ol>
    </Framed>
  );
}

/** Asks once: what is deleted is nowhere any more. */
export function DeleteDialog({ message, onClose }: DialogProps) {
  const { room } = useMessageActions();
  const [problem, setProblem] = useState(false);

  async function remove(): Promise<void> {
    try {
      await changeMessage(room, { type: "delete_message", target_seq: message.seq, lane: message.lane });
      onClose();
    } catch {
      setProblem(true);
    }
  }

  return (
    <Framed title={words.removeTitle} onClose={onClose}>
      <p role={problem ? "alert" : undefined}>{problem ? words.failed : words.removeHint}</p>
      <span className="edit-buttons">
        <Button className="button" onPress={onClose}>
          {words.cancel}
        </Button>
        <Button className="button primary" autoFocus onPress={() => void remove()}>
          {words.removeNow}
        </Button>
      </span>
    </Framed>
  );
}

function Framed({ title, onClose, children }: { title: string; onClose(): void; children: ReactNode }) {
  return (
    <ModalOverlay className="overlay" isDismissable isOpen onOpenChange={onClose}>
      <Modal className="dialog-frame">
        <Dialog className="dialog">
          <div className="dialog-header">
            <Heading slot="title" level={2}>
              {title}
            </Heading>
            <IconButton label={words.close} onPress={onClose}>
              <CloseIcon />
            </IconButton>
          </div>
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
