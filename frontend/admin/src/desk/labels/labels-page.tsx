import type { Label } from "@fireside/shared/protocol";
import { useState } from "react";
import { Button, Modal, ModalOverlay } from "react-aria-components";
import { usePeople } from "../../people/people";
import { SettingsColumn } from "../../settings/section";
import { IconButton } from "../../ui/icon-button";
import { DeleteIcon, EditIcon, LabelIcon, MergeIcon, PlusIcon } from "../../ui/icons";
import { Notice } from "../../ui/notice";
import { LabelChip } from "./chip";
import { DeleteDialog, EditDialog, MergeDialog } from "./dialogs";
import { useLabels } from "./use-labels";
import { words } from "./words";
import "./labels-page.css";

type Task = { kind: "create" } | { kind: "edit" | "merge" | "delete"; label: Label };

/** All labels, and what can be made of them. */
export function LabelsPage() {
  const labels = useLabels();
  const { agent } = usePeople();
  const [task, setTask] = useState<Task>();
  const close = () => setTask(undefined);
  return (
    <SettingsColumn
      title={words.title}
      hint={words.page.hint}
      action={
        <Button className="button" onPress={() => setTask({ kind: "create" })}>
          <PlusIcon />
          {words.page.create}
        </Button>
      }
    >
      {labels.length === 0 ? (
        <Notice icon={<LabelIcon />} title={words.page.empty} hint={words.page.emptyHint} />
      ) : (
        <ul className="label-list">
          {labels.map((label) => (
            <li key={label.id}>
              <LabelChip label={label} />
              <IconButton
                label={words.page.rename(label.name)}
                onPress={() => setTask({ kind: "edit", label })}
              >
                <EditIcon />
              </IconButton>
              {agent.is_admin && labels.length > 1 && (
                <IconButton
                  label={words.page.merge(label.name)}
                  onPress={() => setTask({ kind: "merge", label })}
                >
                  <MergeIcon />
                </IconButton>
              )}
              {agent.is_admin && (
                <IconButton
                  label={words.page.delete(label.name)}
                  onPress={() => setTask({ kind: "delete", label })}
                >
                  <DeleteIcon />
                </IconButton>
              )}
            </li>
          ))}
        </ul>
      )}
      {!agent.is_admin && labels.length > 0 && <p className="muted">{words.page.admins}</p>}
      <ModalOverlay
        className="overlay"
        isOpen={task !== undefined}
        onOpenChange={(isOpen) => isOpen || close()}
        isDismissable
      >
        <Modal className="dialog-frame">
          {task && <TaskDialog key={task.kind} task={task} labels={labels} onClose={close} />}
        </Modal>
      </ModalOverlay>
    </SettingsColumn>
  );
}

interface TaskDialogProps {
  task: Task;
  labels: readonly Label[];
  onClose(): void;
}

function TaskDialog({ task, labels, onClose }: TaskDialogProps) {
  switch (task.kind) {
    case "create":
      return <EditDialog labels={labels} onClose={onClose} />;
    case "edit":
      return <EditDialog label={task.label} labels={labels} onClose={onClose} />;
    case "merge":
      return <MergeDialog label={task.label} labels={labels} onClose={onClose} />;
    case "delete":
      return <DeleteDialog label={task.label} onClose={onClose} />;
  }
}
