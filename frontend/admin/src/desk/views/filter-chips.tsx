import { Button, Tag, TagGroup, TagList } from "react-aria-components";
import { CloseIcon } from "../../ui/icons";
import type { ListAddress } from "../conversations/address";
import type { CurrentList } from "./current";
import type { FilterName } from "./filters";
import { saidOf, useChoices } from "./use-choices";
import { words } from "./words";
import "./filter-chips.css";

interface FilterChipsProps {
  list: CurrentList;
  onChange(change: Partial<ListAddress>): void;
}

/** What narrows the list, each to be taken away by a click, or by Backspace where the keyboard is on it. */
export default function FilterChips({ list, onChange }: FilterChipsProps) {
  const choices = useChoices();
  const chips = list.filters.map((id) => ({ id, said: saidOf(list, id, choices) }));
  return (
    <TagGroup
      className="filter-chips"
      aria-label={words.filters}
      onRemove={(keys) => {
        const removed = [...keys] as FilterName[];
        onChange(Object.fromEntries(removed.map((field) => [field, undefined])));
      }}
    >
      <TagList items={chips} className="filter-list">
        {({ id, said }) => (
          <Tag id={id} className="filter-chip" textValue={said}>
            <bdi>{said}</bdi>
            <Button slot="remove" className="filter-remove" aria-label={words.takeAway(said)}>
              <CloseIcon />
            </Button>
          </Tag>
        )}
      </TagList>
    </TagGroup>
  );
}
