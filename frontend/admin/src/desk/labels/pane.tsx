import type { Conversation } from "@fireside/shared/protocol";
import { Button } from "react-aria-components";
import { ClockIcon } from "../../ui/icons";
import { useDesk } from "../desk";
import { PriorityIcon } from "../priority/icon";
import { words as priorityWords } from "../priority/words";
import { words as snoozeWords } from "../snoozing/words";
import { LabelChip } from "./chip";
import { useLabelsOf } from "./use-labels";
import { words } from "./words";
import "./pane.css";

/** The labels of a conversation in full, its priority, and how to put it aside. */
export function ConversationLabels({ conversation }: { conversation: Conversation }) {
  const { choosing } = useDesk();
  const { priority = "normal" } = conversation;
  const labels = useLabelsOf(conversation.labels);
  return (
    <>
      <h3>{words.title}</h3>
      <div className="labels-pane">
        {labels.map((label) => (
          <LabelChip key={label.id} label={label} />
        ))}
        <Button className="link muted" onPress={() => choosing.open("labels")}>
          {words.edit}
        </Button>
      </div>
      <h3>{priorityWords.title}</h3>
      <div className="labels-pane">
        <Button
          className="button quiet small"
          aria-label={priorityWords.label(priorityWords.names[priority])}
          onPress={() => choosing.open("priority")}
        >
          <PriorityIcon priority={priority} />
          {priorityWords.names[priority]}
        </Button>
        <Button className="button quiet small" onPress={() => choosing.open("snooze")}>
          <ClockIcon />
          {snoozeWords.snooze}
        </Button>
      </div>
    </>
  );
}
