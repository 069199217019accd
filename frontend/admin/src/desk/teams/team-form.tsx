import { asChatError } from "@fireside/shared/line/errors";
import { isBlank } from "@fireside/shared/format/text";
import type { Team } from "@fireside/shared/protocol/rest";
import { type FormEvent, useState } from "react";
import { Button, Checkbox, CheckboxGroup, Input, Label, TextField } from "react-aria-components";
import { useColleagues } from "../../people/team/queries";
import { usePeople } from "../../people/people";
import { CheckIcon } from "../../ui/icons";
import { useInboxes } from "../conversations/queries";
import { useTeamChange } from "./queries";
import { words } from "./words";

interface TeamFormProps {
  /** Left out for a new one. */
  team?: Team;
  onDone(): void;
}

export function TeamForm({ team, onDone }: TeamFormProps) {
  const { agent } = usePeople();
  const agents = useColleagues() ?? [];
  const inboxes = useInboxes() ?? [];
  const { mutateAsync, isPending } = useTeamChange();
  const [name, setName] = useState(team?.name ?? "");
  const [members, setMembers] = useState<string[]>((team?.member_ids ?? [agent.id]).map(String));
  const [held, setHeld] = useState<string[]>((team?.inbox_ids ?? []).map(String));
  const [problem, setProblem] = useState<string>();
  const [isSure, setSure] = useState(false);

  async function save(change: Parameters<typeof mutateAsync>[0]): Promise<void> {
    setProblem(undefined);
    try {
      await mutateAsync(change);
      onDone();
    } catch (error) {
      const { retryable, message } = asChatError(error);
      setProblem(retryable ? words.failed : message);
    }
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (isBlank(name)) return setProblem(words.noName);
    const change = {
      name: name.trim(),
      member_ids: members.map(Number),
      inbox_ids: held.map(Number),
    };
    void save(team ? { id: team.id, change } : { change });
  }

  const note =
    held.length === 0
      ? words.noInboxes
      : members.length === 0
        ? words.nobody
        : members.includes(String(agent.id))
          ? undefined
          : words.notIn;

  return (
    <form className="team-form" aria-label={team ? words.edit(team.name) : words.create} onSubmit={submit}>
      <TextField className="team-name" value={name} onChange={setName} maxLength={200} autoFocus={!team}>
        <Label>{words.name}</Label>
        <Input />
      </TextField>
      <div className="team-choices">
        <Choices label={words.members} items={agents} chosen={members} onChosen={setMembers} />
        <Choices label={words.inboxes} items={inboxes} chosen={held} onChosen={setHeld} />
      </div>
      {note !== undefined && <p className="muted">{note}</p>}
      <p className="team-problem" role="alert">
        {problem}
      </p>
      <div className="team-buttons">
        <Button type="submit" className="button primary" isDisabled={isPending}>
          {words.save}
        </Button>
        <Button className="button" onPress={onDone}>
          {words.cancel}
        </Button>
        {team && (
          <Button
            className="button quiet team-delete"
            isDisabled={isPending}
            onPress={() => (isSure ? void save({ id: team.id }) : setSure(true))}
          >
            {isSure ? words.removeSure(team.name) : words.remove}
          </Button>
        )}
      </div>
    </form>
  );
}

interface ChoicesProps {
  label: string;
  items: readonly { id: number; name: string }[];
  chosen: string[];
  onChosen(chosen: string[]): void;
}

function Choices({ label, items, chosen, onChosen }: ChoicesProps) {
  return (
    <CheckboxGroup className="choices" value={chosen} onChange={onChosen}>
      <Label>{label}</Label>
      <div className="choices-list">
        {items.map(({ id, name }) => (
          <Checkbox key={id} className="choice" value={String(id)}>
            <span className="choice-box">
              <CheckIcon />
            </span>
            <span dir="auto">{name}</span>
          </Checkbox>
        ))}
      </div>
    </CheckboxGroup>
  );
}
