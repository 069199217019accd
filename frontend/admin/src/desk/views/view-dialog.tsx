import { type FormEvent, useState } from "react";
import {
  Button,
  Dialog,
  Heading,
  Input,
  Label,
  Modal,
  ModalOverlay,
  Switch,
  TextField,
} from "react-aria-components";
import { words } from "./words";

const NAME_CHARS = 60;

export interface ViewDialogProps {
  title: string;
  name: string;
  isShared: boolean;
  onClose(): void;
  onSave(name: string, isShared: boolean): Promise<unknown>;
}

/** Asks for a view's name, and who has it. */
export default function ViewDialog({ onClose, ...props }: ViewDialogProps) {
  return (
    <ModalOverlay className="overlay" isOpen onOpenChange={(open) => !open && onClose()} isDismissable>
      <Modal className="dialog-frame">
        <Dialog className="dialog">
          <ViewForm {...props} onClose={onClose} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function ViewForm({ title, name: before, isShared: shared, onClose, onSave }: ViewDialogProps) {
  const [name, setName] = useState(before);
  const [isShared, setShared] = useState(shared);
  const [failed, setFailed] = useState(false);

  function save(event: FormEvent): void {
    event.preventDefault();
    setFailed(false);
    onSave(name.trim(), isShared).then(onClose, () => setFailed(true));
  }

  return (
    <form className="view-form" onSubmit={save}>
      <Heading slot="title">{title}</Heading>
      <TextField
        className="field"
        value={name}
        onChange={setName}
        maxLength={NAME_CHARS}
        autoFocus
        isRequired
      >
        <Label>{words.name}</Label>
        <Input />
      </TextField>
      <Switch className="switch" isSelected={isShared} onChange={setShared}>
        <span className="switch-track" />
        <span>
          {words.share}
          <small>{words.shareHint}</small>
        </span>
      </Switch>
      <p className="view-problem" role="alert">
        {failed && words.saveFailed}
      </p>
      <div className="view-buttons">
        <Button className="button quiet" onPress={onClose}>
          {words.cancel}
        </Button>
        <Button className="button primary" type="submit" isDisabled={name.trim() === ""}>
          {words.doSave}
        </Button>
      </div>
    </form>
  );
}
