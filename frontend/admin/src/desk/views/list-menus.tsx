import type { Sort } from "@fireside/shared/protocol";
import { type ReactNode, useState } from "react";
import {
  Autocomplete,
  Button,
  Header,
  Input,
  Menu,
  MenuItem,
  MenuSection,
  MenuTrigger,
  Popover,
  SearchField,
  useFilter,
} from "react-aria-components";
import { CheckIcon, FilterIcon, SortIcon } from "../../ui/icons";
import type { ListAddress } from "../conversations/address";
import type { CurrentList } from "./current";
import { chosenOf, type FilterName } from "./filters";
import { type Choice, sectionsOf, useChoices } from "./use-choices";
import { words } from "./words";

const SORTS: readonly Sort[] = ["activity", "waiting"];

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
            <Item key={each} id={each} name={words.sorts[each]} />
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

function FilterMenu({ list, onChange }: ListMenusProps) {
  const { contains } = useFilter({ sensitivity: "base" });
  const choices = useChoices();
  const [query, setQuery] = useState("");
  const inUse = list.filters.length;
  return (
    <MenuTrigger onOpenChange={() => setQuery("")}>
      <Button
        className="icon-button"
        aria-label={inUse > 0 ? words.filterOn(inUse) : words.filter}
        data-selected={inUse > 0 || undefined}
      >
        <FilterIcon />
      </Button>
      <Popover className="popover filter-menu" placement="bottom end">
        <Autocomplete inputValue={query} onInputChange={setQuery} filter={contains}>
          <SearchField className="filter-search" aria-label={words.findFilter} autoFocus>
            <Input placeholder={words.findFilter} />
          </SearchField>
          <Menu
            className="menu"
            aria-label={words.filters}
            shouldCloseOnSelect={false}
            renderEmptyState={() => <p className="filter-none">{words.noFilter(query)}</p>}
          >
            <Some
              field="waiting"
              chosen={list.address.waiting ? ["yes"] : []}
              choices={[{ id: "yes", name: words.waitingOnly }]}
              onChosen={(ids) => onChange({ waiting: ids.length > 0 || undefined })}
            />
            {sectionsOf(choices).map(({ field, of }) => (
              <Some
                key={field}
                field={field}
                chosen={chosenOf(list.address, field)}
                choices={of}
                onChosen={(ids) => onChange({ [field]: ids.join(",") || undefined })}
              />
            ))}
          </Menu>
        </Autocomplete>
      </Popover>
    </MenuTrigger>
  );
}

interface SomeProps {
  field: FilterName;
  chosen: readonly string[];
  choices: readonly Choice[];
  onChosen(ids: string[]): void;
}

/** A section of which some are chosen; none is any. */
function Some({ field, chosen, choices, onChosen }: SomeProps) {
  return (
    <MenuSection
      selectionMode="multiple"
      selectedKeys={chosen.map((id) => `${field} ${id}`)}
      onSelectionChange={(keys) =>
        onChosen([...(keys as Set<string>)].map((key) => key.slice(field.length + 1)))
      }
    >
      <Header>{words.fields[field]}</Header>
      {choices.map(({ id, name, icon }) => (
        // The field's name finds all of its choices.
        <Item key={id} id={`${field} ${id}`} name={name} text={`${words.fields[field]} ${name}`}>
          {icon}
        </Item>
      ))}
    </MenuSection>
  );
}

interface ItemProps {
  id: string;
  name: string;
  text?: string;
  children?: ReactNode;
}

function Item({ id, name, text = name, children }: ItemProps) {
  return (
    <MenuItem id={id} className="menu-item" textValue={text}>
      {({ isSelected }) => (
        <>
          {children}
          <bdi>{name}</bdi>
          {isSelected && <CheckIcon />}
        </>
      )}
    </MenuItem>
  );
}
