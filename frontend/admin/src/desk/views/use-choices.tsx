import type { ReactNode } from "react";
import { useColleagues } from "../../people/team/queries";
import { CHOICES, type ChoiceName } from "../conversations/address";
import { useInboxes } from "../conversations/queries";
import { LabelDot } from "../labels/chip";
import { useLabels } from "../labels/use-labels";
import { PriorityIcon } from "../priority/icon";
import { words as priorityWords } from "../priority/words";
import { useTeams } from "../teams/queries";
import type { CurrentList } from "./current";
import { chosenOf, type FilterName, NONE, PRIORITIES, STATUSES } from "./filters";
import { ME } from "./predicates";
import { words } from "./words";

export interface Choice {
  /** As the address has it. */
  id: string;
  name: string;
  icon?: ReactNode;
}

export type Choices = Readonly<Record<ChoiceName, readonly Choice[]>>;

const byId = ({ id, name }: { id: number; name: string }): Choice => ({ id: String(id), name });

/** What may be chosen in each filter. */
export function useChoices(): Choices {
  const people = useColleagues() ?? [];
  const teams = useTeams() ?? [];
  const inboxes = useInboxes() ?? [];
  const labels = useLabels();
  return {
    status: STATUSES.map((id) => ({ id, name: words.statuses[id] })),
    assignee: [{ id: ME, name: words.me }, { id: NONE, name: words.nobody }, ...people.map(byId)],
    team: teams.length > 0 ? [{ id: NONE, name: words.noTeam }, ...teams.map(byId)] : [],
    label:
      labels.length > 0
        ? [
            { id: NONE, name: words.noLabel },
            ...labels.map((label) => ({ ...byId(label), icon: <LabelDot colour={label.colour} /> })),
          ]
        : [],
    priority: PRIORITIES.map((id) => ({
      id,
      name: priorityWords.names[id],
      icon: <PriorityIcon priority={id} />,
    })),
    inbox: inboxes.map(byId),
  };
}

/** A filter in use, in words. */
export function saidOf(list: CurrentList, field: FilterName, choices: Choices): string {
  if (field === "waiting") return words.waitingOnly;
  const names = chosenOf(list.address, field).map(
    (id) => choices[field].find((choice) => choice.id === id)?.name ?? words.gone,
  );
  return words.chip(words.fields[field], words.or(names));
}

/** The choices by the field they belong to; one without any is left out. */
export function sectionsOf(choices: Choices): { field: ChoiceName; of: readonly Choice[] }[] {
  return CHOICES.map((field) => ({ field, of: choices[field] })).filter(({ of }) => of.length > 0);
}
