import type { Conversation } from "@fireside/shared/protocol";
import { Button } from "react-aria-components";
import { useDesk } from "../desk";
import { PriorityIcon } from "../priority/icon";
import { words as priorityWords } from "../priority/words";
import { LabelChip } from "./chip";
import { useLabelsOf } from "./use-labels";
import { words } from "./words";
import "./pane.css";

/** The labels of a conversation in full, and its priority. */
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
      </div>
    </>
  );
}
