import type { Sort } from "@fireside/shared/protocol";
import { useState } from "react";
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
import { useLocation } from "wouter";
import { useColleagues } from "../../people/team/queries";
import { NARROW, useMediaQuery } from "../../ui/browser";
import { CheckIcon, FilterIcon, SortIcon } from "../../ui/icons";
import { conversationPath, type ListAddress, listPath } from "../conversations/address";
import { useInboxes } from "../conversations/queries";
import type { CurrentList } from "./current";
import { ME } from "./predicates";
import { useSaveView } from "./queries";
import { ViewDialog } from "./view-dialog";
import { ViewSelect } from "./view-select";
import { words } from "./words";
import "./list-head.css";

const SORTS: readonly Sort[] = ["activity", "waiting"];
const ANY = "any";
const NONE = "none";

interface ListHeadProps {
  list: CurrentList;
  currentId: string | undefined;
}

/** Above the list: which it is, what narrows it, and its order. All of it is in the address. */
export function ListHead({ list, currentId }: ListHeadProps) {
  const [, navigate] = useLocation();
  const isNarrow = useMediaQuery(NARROW);
  const save = useSaveView();
  const [isSaving, setSaving] = useState(false);

  function go(change: Partial<ListAddress>): void {
    const address = { ...list.address, ...change };
    navigate(currentId === undefined ? listPath(address) : conversationPath(currentId, address));
  }

  async function saveAs(name: string, is_shared: boolean): Promise<void> {
    const { id } = await save.mutateAsync({ name, is_shared, predicate: list.predicate, sort: list.sort });
    navigate(listPath({ view: id }));
  }

  const isChanged = list.filters > 0 || list.sort !== (list.view?.sort ?? "activity");
  return (
    <header className="list-head">
      {isNarrow ? <ViewSelect list={list} /> : <h2 dir="auto">{list.name}</h2>}
      <FilterMenu list={list} onChange={go} />
      <SortMenu sort={list.sort} onSort={(sort) => go({ sort })} />
      {isChanged && (
        <div className="list-changed">
          <Button className="link" onPress={() => setSaving(true)}>
            {words.save}
          </Button>
          <Button className="link" onPress={() => navigate(listPath({ view: list.address.view }))}>
            {words.clear}
          </Button>
        </div>
      )}
      <ViewDialog
        title={words.saveTitle}
        isOpen={isSaving}
        name=""
        isShared={false}
        onClose={() => setSaving(false)}
        onSave={saveAs}
      />
    </header>
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

function FilterMenu({ list, onChange }: { list: CurrentList; onChange(change: Partial<ListAddress>): void }) {
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
