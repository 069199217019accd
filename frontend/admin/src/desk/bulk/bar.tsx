import type { Conversation, Priority } from "@fireside/shared/protocol";
import type { ConversationChange } from "@fireside/shared/protocol/rest";
import { type ReactNode, useState, useSyncExternalStore } from "react";
import { Button, Header, Menu, MenuItem, MenuSection, MenuTrigger, Popover } from "react-aria-components";
import { usePeople } from "../../people/people";
import { useColleagues } from "../../people/team/queries";
import { IconButton } from "../../ui/icon-button";
import { AssignIcon, CheckIcon, ClockIcon, CloseIcon, LabelIcon, ReopenIcon } from "../../ui/icons";
import { useDesk } from "../desk";
import { LabelDot } from "../labels/chip";
import { useLabels } from "../labels/use-labels";
import { PriorityIcon } from "../priority/icon";
import { words as priorityWords } from "../priority/words";
import { choicesAt, ownZone, wallTime, withOffset } from "../snoozing/times";
import { words as snoozeWords } from "../snoozing/words";
import { useTeams } from "../teams/queries";
import type { CurrentList } from "../views/current";
import { words } from "./words";
import "./bar.css";

const PRIORITIES: readonly Priority[] = ["urgent", "high", "normal", "low"];
/** Conversations that a request may name. */
const MOST = 1000;

interface BarProps {
  list: CurrentList;
  /** The list as its rows know it. */
  listKey: string;
  rows: readonly Conversation[];
  /** How many belong to the list, as far as is known. */
  count: string;
  /** Whether some of them are not here. */
  hasMore: boolean;
}

type Start = (change: ConversationChange, said: (count: number) => string) => void;

/** Above the list while rows are selected: how many, and what can be done with all of them. */
export default function BulkBar({ list, listKey, rows, count, hasMore }: BarProps) {
  const { selection, bulk } = useDesk();
  const selected = useSyncExternalStore(selection.subscribe, selection.get);
  const [problem, setProblem] = useState("");
  if (selected.list !== listKey) return null;
  const { ids, isAll } = selected;

  const start: Start = (change, said) => {
    // Never more than was selected: the rest of the view is another choice.
    if (!isAll && ids.size > MOST) return setProblem(words.tooMany(MOST));
    setProblem("");
    const wanted = isAll ? { change, view: list.asked } : { change, conversation_ids: [...ids] };
    bulk.begin(wanted, said).then(selection.clear, () => setProblem(words.failed));
  };

  const isPage = rows.every(({ id }) => ids.has(id));
  return (
    <section
      className="bulk-bar"
      aria-label={words.bar}
      onKeyDown={({ key }) => key === "Escape" && selection.clear()}
    >
      <div className="bulk-line">
        <p role="status">{isAll ? words.allSelected(count) : words.selected(ids.size)}</p>
        <IconButton label={words.clear} onPress={selection.clear}>
          <CloseIcon />
        </IconButton>
      </div>
      {!isPage && (
        <Button className="link" onPress={() => selection.take(listKey, rows)}>
          {words.page}
        </Button>
      )}
      {isPage && hasMore && !isAll && (
        <Button className="link" onPress={() => selection.take(listKey, rows, true)}>
          {words.all(count)}
        </Button>
      )}
      <div className="bulk-line">
        {(list.address.status ?? list.address.view) === "closed" ? (
          <IconButton label={words.reopen} onPress={() => start({ status: "open" }, words.reopened)}>
            <ReopenIcon />
          </IconButton>
        ) : (
          <IconButton label={words.close} onPress={() => start({ status: "closed" }, words.closed)}>
            <CheckIcon />
          </IconButton>
        )}
        <Choices label={words.snooze} icon={<ClockIcon />}>
          <SnoozeChoices start={start} />
        </Choices>
        <Choices label={words.assign} icon={<AssignIcon />}>
          <AssignChoices start={start} />
        </Choices>
        <Choices label={words.label} icon={<LabelIcon />}>
          <LabelChoices start={start} />
        </Choices>
        <Choices label={words.priority} icon={<PriorityIcon priority="high" />}>
          <Menu className="menu" aria-label={words.priority}>
            {PRIORITIES.map((priority) => (
              <Item
                key={priority}
                name={priorityWords.names[priority]}
                onAction={() => start({ priority }, words.ranked)}
              >
                <PriorityIcon priority={priority} />
              </Item>
            ))}
          </Menu>
        </Choices>
      </div>
      <p className="bulk-problem" role="alert">
        {problem}
      </p>
    </section>
  );
}

function Choices({ label, icon, children }: { label: string; icon: ReactNode; children: ReactNode }) {
  return (
    <MenuTrigger>
      <IconButton label={label}>{icon}</IconButton>
      <Popover className="popover bulk-menu" placement="bottom start">
        {children}
      </Popover>
    </MenuTrigger>
  );
}

function Item({
  name,
  onAction,
  children,
  aside,
}: {
  name: string;
  onAction(): void;
  children?: ReactNode;
  aside?: string;
}) {
  return (
    <MenuItem className="menu-item" textValue={name} onAction={onAction}>
      {children}
      <bdi>{name}</bdi>
      {aside !== undefined && <span className="bulk-aside">{aside}</span>}
    </MenuItem>
  );
}

function SnoozeChoices({ start }: { start: Start }) {
  const [now] = useState(() => new Date());
  return (
    <Menu className="menu" aria-label={words.snooze}>
      {choicesAt(now).map(([choice, until]) => (
        <Item
          key={choice}
          name={snoozeWords.choices[choice]}
          aside={wallTime(until.getTime(), now.getTime())}
          onAction={() =>
            start({ status: "snoozed", snoozed_until: withOffset(until), zone: ownZone() }, words.snoozed)
          }
        />
      ))}
      <Item
        name={snoozeWords.choices.customer}
        onAction={() => start({ status: "snoozed" }, words.snoozed)}
      />
    </Menu>
  );
}

function AssignChoices({ start }: { start: Start }) {
  const { agent } = usePeople();
  const people = (useColleagues() ?? []).filter(({ id }) => id !== agent.id);
  const teams = useTeams() ?? [];
  return (
    <Menu className="menu" aria-label={words.assign}>
      <MenuSection>
        <Header>{words.people}</Header>
        <Item name={words.me} onAction={() => start({ assignee_id: agent.id }, words.assigned)} />
        <Item name={words.nobody} onAction={() => start({ assignee_id: null }, words.assigned)} />
        {people.map(({ id, name }) => (
          <Item key={id} name={name} onAction={() => start({ assignee_id: id }, words.assigned)} />
        ))}
      </MenuSection>
      {teams.length > 0 && (
        <MenuSection>
          <Header>{words.teams}</Header>
          {teams.map(({ id, name }) => (
            <Item key={id} name={name} onAction={() => start({ team_id: id }, words.assigned)} />
          ))}
          <Item name={words.noTeam} onAction={() => start({ team_id: null }, words.assigned)} />
        </MenuSection>
      )}
    </Menu>
  );
}

function LabelChoices({ start }: { start: Start }) {
  const labels = useLabels();
  return (
    <Menu className="menu" aria-label={words.label}>
      <MenuSection>
        <Header>{words.addLabel}</Header>
        {labels.map(({ id, name, colour }) => (
          <Item key={id} name={name} onAction={() => start({ add_labels: [id] }, words.labelled)}>
            <LabelDot colour={colour} />
          </Item>
        ))}
      </MenuSection>
      <MenuSection>
        <Header>{words.removeLabel}</Header>
        {labels.map(({ id, name, colour }) => (
          <Item key={id} name={name} onAction={() => start({ remove_labels: [id] }, words.labelled)}>
            <LabelDot colour={colour} />
          </Item>
        ))}
      </MenuSection>
    </Menu>
  );
}
