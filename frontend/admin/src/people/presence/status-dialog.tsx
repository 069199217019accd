import { type FormEvent, useState } from "react";
import {
  Button,
  Dialog,
  Form,
  Heading,
  Input,
  Label,
  Modal,
  ModalOverlay,
  Radio,
  RadioGroup,
  Text,
  TextField,
} from "react-aria-components";
import { IconButton } from "../../ui/icon-button";
import { CloseIcon } from "../../ui/icons";
import { AUTOMATIC, CHOICES, type Choice } from "./choices";
import { CLEAR_AFTER, type ClearAfter, endOf, localTime } from "./clear-after";
import { words } from "./words";
import "./status-dialog.css";

const EMOJI = ["💬", "🍜", "☕", "📞", "🎯", "🏠", "🚲", "🤒", "🌴", "🎉"];
const HOUR_MS = 3_600_000;

interface StatusDialogProps {
  choice: Choice;
  choose(choice: Choice): Promise<unknown>;
  onClose(): void;
}

/** One's own status with its text, its emoji and its end. */
export function StatusDialog({ choice, choose, onClose }: StatusDialogProps) {
  const [status, setStatus] = useState(choice.status);
  const [text, setText] = useState(choice.text);
  const [emoji, setEmoji] = useState(choice.emoji);
  const [after, setAfter] = useState<ClearAfter>(choice.until === undefined ? "never" : "at");
  const [at, setAt] = useState(() => localTime(choice.until ?? Date.now() + HOUR_MS));
  const [problem, setProblem] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const hasStatus = choice.text !== "" || choice.emoji !== "" || choice.status !== "automatic";
  const emojis = emoji === "" || EMOJI.includes(emoji) ? EMOJI : [...EMOJI, emoji];

  async function save(wanted: Choice): Promise<void> {
    setBusy(true);
    setProblem(undefined);
    try {
      await choose(wanted);
      onClose();
    } catch {
      setProblem(words.status.failed);
      setBusy(false);
    }
  }

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const until = endOf(after, Date.now(), at);
    if (until !== undefined && !(until > Date.now())) return setProblem(words.status.past);
    void save({ status, text: text.trim(), emoji, until });
  }

  return (
    <ModalOverlay className="overlay" isOpen onOpenChange={(isOpen) => isOpen || onClose()} isDismissable>
      <Modal className="dialog-frame">
        <Dialog className="dialog status-dialog">
          <header className="dialog-header">
            <Heading slot="title">{words.status.title}</Heading>
            <IconButton label={words.status.close} onPress={onClose}>
              <CloseIcon />
            </IconButton>
          </header>
          <Form onSubmit={submit} validationBehavior="aria">
            <div className="status-suggestions" role="group" aria-label={words.status.suggestions}>
              {words.suggestions.map((suggested) => (
                <Button
                  key={suggested.text}
                  className="button small quiet"
                  onPress={() => {
                    setStatus(suggested.status);
                    setText(suggested.text);
                    setEmoji(suggested.emoji);
                    setAfter(suggested.after);
                  }}
                >
                  <span aria-hidden="true">{suggested.emoji}</span> {suggested.text}
                </Button>
              ))}
            </div>
            <TextField className="field" value={text} onChange={setText} maxLength={140} autoFocus>
              <Label>{words.status.text}</Label>
              <Input dir="auto" autoComplete="off" />
              <Text slot="description" className="muted">
                {words.status.textHint}
              </Text>
            </TextField>
            <RadioGroup
              className="field"
              orientation="horizontal"
              value={emoji}
              onChange={(wanted) => setEmoji(wanted)}
            >
              <Label>{words.status.emoji}</Label>
              <div className="chips">
                <Radio value="" className="chip">
                  {words.status.noEmoji}
                </Radio>
                {emojis.map((each) => (
                  <Radio key={each} value={each} className="chip" aria-label={each}>
                    {each}
                  </Radio>
                ))}
              </div>
            </RadioGroup>
            <RadioGroup
              className="field"
              value={status}
              onChange={(wanted) => setStatus(wanted as Choice["status"])}
            >
              <Label>{words.status.availability}</Label>
              {CHOICES.map(({ choice: each, dot }) => (
                <Radio key={each} value={each} className="status-choice">
                  <span className="presence-dot" data-status={dot} aria-hidden="true" />
                  <span>
                    {words.choices[each]}
                    <small className="muted">{words.hints[each]}</small>
                  </span>
                </Radio>
              ))}
            </RadioGroup>
            <RadioGroup
              className="field"
              orientation="horizontal"
              value={after}
              onChange={(wanted) => setAfter(wanted as ClearAfter)}
            >
              <Label>{words.status.clearAfter}</Label>
              <div className="chips">
                {CLEAR_AFTER.map((each) => (
                  <Radio key={each} value={each} className="chip">
                    {words.status.after[each]}
                  </Radio>
                ))}
              </div>
            </RadioGroup>
            {after === "at" && (
              <TextField className="field" type="datetime-local" value={at} onChange={setAt} isRequired>
                <Label>{words.status.at}</Label>
                <Input />
              </TextField>
            )}
            <p className="status-problem" role="alert">
              {problem}
            </p>
            <div className="status-actions">
              {hasStatus && (
                <Button className="button" isDisabled={isBusy} onPress={() => void save(AUTOMATIC)}>
                  {words.status.clear}
                </Button>
              )}
              <Button type="submit" className="button primary" isDisabled={isBusy}>
                {words.status.save}
              </Button>
            </div>
          </Form>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
