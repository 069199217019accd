import { isBlank } from "@fireside/shared/format/text";
import { asChatError } from "@fireside/shared/line/errors";
import type { Label } from "@fireside/shared/protocol";
import { type FormEvent, type ReactNode, useState } from "react";
import {
  Button,
  Dialog,
  Heading,
  Input,
  Label as FieldLabel,
  ListBox,
  ListBoxItem,
  Radio,
  RadioGroup,
  TextField,
} from "react-aria-components";
import { CheckIcon } from "../../ui/icons";
import { useDesk } from "../desk";
import { LabelDot } from "./chip";
import { type Colour, COLOURS, nextColour } from "./colours";
import { words } from "./words";

const NAME_CHARS = 40;

interface FrameProps {
  title: string;
  hint?: string;
  action: string;
  isReady: boolean;
  /** Does it; what it throws is shown. */
  run(): Promise<unknown>;
  onClose(): void;
  children?: ReactNode;
}

/** A question with one answer, which may fail and is then asked again. */
function Frame({ title, hint, action, isReady, run, onClose, children }: FrameProps) {
  const [problem, setProblem] = useState("");
  const [isBusy, setBusy] = useState(false);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (!isReady || isBusy) return;
    setBusy(true);
    try {
      await run();
      onClose();
    } catch (error) {
      const { retryable, message } = asChatError(error);
      setProblem(retryable ? words.failed : message);
      setBusy(false);
    }
  }

  return (
    <Dialog className="dialog label-dialog">
      <form onSubmit={(event) => void submit(event)} className="dialog-form">
        <div className="dialog-header">
          <Heading slot="title" level={2}>
            {title}
          </Heading>
        </div>
        {hint !== undefined && <p>{hint}</p>}
        {children}
        <p className="problem" role="alert">
          {problem}
        </p>
        <div className="dialog-buttons">
          <Button className="button" onPress={onClose}>
            {words.page.cancel}
          </Button>
          <Button type="submit" className="button primary" isDisabled={!isReady || isBusy}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

interface EditDialogProps {
  /** The one to change; without it, a new one. */
  label?: Label;
  labels: readonly Label[];
  onClose(): void;
}

export function EditDialog({ label, labels, onClose }: EditDialogProps) {
  const { api } = useDesk();
  const [name, setName] = useState(label?.name ?? "");
  const [colour, setColour] = useState<Colour>(label?.colour ?? nextColour(labels));
  return (
    <Frame
      title={label ? words.page.renameTitle : words.page.createTitle}
      action={words.page.save}
      isReady={!isBlank(name)}
      run={() => (label ? api.changeLabel(label.id, { name, colour }) : api.createLabel({ name, colour }))}
      onClose={onClose}
    >
      <TextField className="field" value={name} onChange={setName} maxLength={NAME_CHARS} autoFocus>
        <FieldLabel>{words.page.name}</FieldLabel>
        <Input dir="auto" />
      </TextField>
      <RadioGroup
        className="field"
        orientation="horizontal"
        value={colour}
        onChange={(value) => setColour(value as Colour)}
      >
        <FieldLabel>{words.page.colour}</FieldLabel>
        <div className="colour-choices">
          {COLOURS.map((choice) => (
            <Radio key={choice} value={choice} className="colour-choice">
              <LabelDot colour={choice} />
              {words.colours[choice]}
            </Radio>
          ))}
        </div>
      </RadioGroup>
    </Frame>
  );
}

interface MergeDialogProps extends Pick<EditDialogProps, "labels" | "onClose"> {
  label: Label;
}

export function MergeDialog({ label, labels, onClose }: MergeDialogProps) {
  const { api } = useDesk();
  const [into, setInto] = useState<number>();
  return (
    <Frame
      title={words.page.mergeTitle(label.name)}
      hint={words.page.mergeHint(label.name)}
      action={words.page.mergeAction}
      isReady={into !== undefined}
      run={() => api.mergeLabel(label.id, into!)}
      onClose={onClose}
    >
      <ListBox
        className="merge-choices"
        aria-label={words.page.into}
        selectionMode="single"
        selectedKeys={into === undefined ? [] : [into]}
        onSelectionChange={(keys) => setInto([...(keys as Set<number>)][0])}
        autoFocus
      >
        {labels
          .filter(({ id }) => id !== label.id)
          .map(({ id, name, colour }) => (
            <ListBoxItem key={id} id={id} className="menu-item" textValue={name}>
              <LabelDot colour={colour} />
              <span dir="auto">{name}</span>
              {id === into && <CheckIcon />}
            </ListBoxItem>
          ))}
      </ListBox>
    </Frame>
  );
}

export function DeleteDialog({ label, onClose }: { label: Label; onClose(): void }) {
  const { api } = useDesk();
  return (
    <Frame
      title={words.page.deleteTitle(label.name)}
      hint={words.page.deleteHint}
      action={words.page.deleteAction}
      isReady
      run={() => api.deleteLabel(label.id)}
      onClose={onClose}
    />
  );
}
