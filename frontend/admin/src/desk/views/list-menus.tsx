import type { Sort } from "@fireside/shared/protocol";
import {
  Button,
  Header,
  Menu,
  MenuItem,
  MenuSection,
  MenuTrigger,
  Popover,
  Separator,
} from "react-aria-components";
import { useColleagues } from "../../people/team/queries";
import { CheckIcon, FilterIcon, SortIcon } from "../../ui/icons";
import type { ListAddress } from "../conversations/address";
import { useInboxes } from "../conversations/queries";
import type { CurrentList } from "./current";
import { ME } from "./predicates";
import { words } from "./words";

const SORTS: readonly Sort[] = ["activity", "waiting"];
const ANY = "any";
const NONE = "none";

interface ListMenusProps {
  list: CurrentList;
  onChange(change: Partial<ListAddress>): void;
}

/** What narrows the list, and its order. */
export default function ListMenus({ list, onChange }: ListMenusProps) {
  return (
    <>
      <FilterMenu list={list} onChange={onChange} />
      <SortMenu sort={list.sort} onSort={(sort) => onChange({ sort })} />
    </>
  );
}

function SortMenu({ sort, onSort }: { sort: Sort; onSort(sort: Sort): void }) {
  return (
    <MenuTrigger>
      <Button className="icon-button" aria-label={words.sort}>
        <SortIcon />
      </Button>
      <Popover className="popover" placement="bottom end">
        <Menu
          className="menu"
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[sort]}
          onSelectionChange={(keys) => {
            const [chosen] = keys as Set<Sort>;
            if (chosen !== undefined) onSort(chosen);
          }}
        >
          {SORTS.map((each) => (
            <Choice key={each} id={each} name={words.sorts[each]} />
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

function FilterMenu({ list, onChange }: ListMenusProps) {
  const { assignee = ANY, inbox = ANY, waiting } = list.address;
  const colleagues = useColleagues() ?? [];
  const inboxes = useInboxes() ?? [];
  return (
    <MenuTrigger>
      <Button
        className="icon-button"
        aria-label={list.filters > 0 ? words.filterOn(list.filters) : words.filter}
        data-selected={list.filters > 0 || undefined}
      >
        <FilterIcon />
      </Button>
      <Popover className="popover filter-menu" placement="bottom end">
        <Menu className="menu" shouldCloseOnSelect={false}>
          <One
            title={words.waiting}
            chosen={waiting ? "yes" : ANY}
            choices={[
              { id: ANY, name: words.everything },
              { id: "yes", name: words.waitingOnly },
            ]}
            onChosen={(id) => onChange({ waiting: id === "yes" || undefined })}
          />
          <Separator className="menu-separator" />
          <One
            title={words.assignee}
            chosen={assignee}
            choices={[
              { id: ANY, name: words.anyone },
              { id: ME, name: words.me },
              { id: NONE, name: words.nobody },
              ...colleagues.map(({ id, name }) => ({ id: String(id), name })),
            ]}
            onChosen={(id) => onChange({ assignee: id === ANY ? undefined : id })}
          />
          <Separator className="menu-separator" />
          <One
            title={words.inbox}
            chosen={inbox}
            choices={[
              { id: ANY, name: words.anyInbox },
              ...inboxes.map(({ id, name }) => ({ id: String(id), name })),
            ]}
            onChosen={(id) => onChange({ inbox: id === ANY ? undefined : id })}
          />
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

interface OneProps {
  title: string;
  chosen: string;
  choices: readonly { id: string; name: string }[];
  onChosen(id: string): void;
}

/** A section of which one thing is chosen. */
function One({ title, chosen, choices, onChosen }: OneProps) {
  return (
    <MenuSection
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[`${title} ${chosen}`]}
      onSelectionChange={(keys) => {
        const [key] = keys as Set<string>;
        if (key !== undefined) onChosen(key.slice(title.length + 1));
      }}
    >
      <Header>{title}</Header>
      {choices.map(({ id, name }) => (
        <Choice key={id} id={`${title} ${id}`} name={name} />
      ))}
    </MenuSection>
  );
}

function Choice({ id, name }: { id: string; name: string }) {
  return (
    <MenuItem id={id} className="menu-item" textValue={name}>
      {({ isSelected }) => (
        <>
          <bdi>{name}</bdi>
          {isSelected && <CheckIcon />}
        </>
      )}
    </MenuItem>
  );
}
