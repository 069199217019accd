import { type FormEvent, useState } from "react";
import { Button, Input, Label, Menu, MenuItem, Separator, TextField } from "react-aria-components";
import { ClockIcon, ReopenIcon } from "../../ui/icons";
import type { ChooserProps } from "../slots";
import { choicesAt, fieldValue, ownZone, refusal, wallTime, withOffset } from "./times";
import { words } from "./words";
import "./chooser.css";

/** When a conversation comes back. */
export function SnoozeChooser({ conversation, onChange, onClose }: ChooserProps) {
  // The times that are offered stay as they were when one began to read them.
  const [now] = useState(() => new Date());
  const [own, setOwn] = useState("");
  const [problem, setProblem] = useState<"past" | "tooFar">();

  function choose(until: Date | null): void {
    const time = until === null ? {} : { snoozed_until: withOffset(until), zone: ownZone() };
    onChange({ status: "snoozed", ...time });
    onClose();
  }

  function chooseOwn(event: FormEvent): void {
    event.preventDefault();
    const until = new Date(own);
    const why = refusal(until, new Date());
    setProblem(why);
    if (why === undefined) choose(until);
  }

  return (
    <>
      <h2 className="chooser-title">{words.title}</h2>
      <Menu className="menu" autoFocus="first" aria-label={words.title}>
        {choicesAt(now).map(([choice, until]) => (
          <MenuItem
            key={choice}
            id={choice}
            className="menu-item"
            textValue={words.choices[choice]}
            onAction={() => choose(until)}
          >
            {words.choices[choice]}
            <span className="chooser-aside">{wallTime(until.getTime(), now.getTime())}</span>
          </MenuItem>
        ))}
        <MenuItem
          id="customer"
          className="menu-item"
          textValue={words.choices.customer}
          onAction={() => choose(null)}
        >
          {words.choices.customer}
          <span className="chooser-aside">{words.customerHint}</span>
        </MenuItem>
        {conversation.status === "snoozed" && (
          <MenuItem
            id="wake"
            className="menu-item"
            textValue={words.wake}
            onAction={() => {
              onChange({ status: "open" });
              onClose();
            }}
          >
            <ReopenIcon />
            {words.wake}
          </MenuItem>
        )}
      </Menu>
      <Separator className="menu-separator" />
      <form className="snooze-own" onSubmit={chooseOwn} noValidate>
        <TextField
          className="field"
          type={"datetime-local" as "text"}
          value={own}
          onChange={(value) => {
            setOwn(value);
            setProblem(undefined);
          }}
        >
          <Label>{words.own}</Label>
          <Input min={fieldValue(now)} aria-invalid={problem !== undefined} />
        </TextField>
        <Button type="submit" className="button" isDisabled={own === ""}>
          <ClockIcon />
          {words.ownAction}
        </Button>
        <p role="alert">{problem && words[problem]}</p>
      </form>
    </>
  );
}
