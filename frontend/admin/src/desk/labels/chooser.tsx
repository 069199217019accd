import { isBlank } from "@fireside/shared/format/text";
import type { Label } from "@fireside/shared/protocol";
import { useState } from "react";
import { Autocomplete, Input, Menu, MenuItem, SearchField, type Selection } from "react-aria-components";
import { CheckIcon, PlusIcon } from "../../ui/icons";
import { useDesk } from "../desk";
import type { ChooserProps } from "../slots";
import { LabelDot } from "./chip";
import { nextColour } from "./colours";
import { useLabels, useLabelsOf } from "./use-labels";
import { words } from "./words";
import "./chooser.css";

const CREATE = "create";
const NAME_CHARS = 40;
const MOST = 20;

/** Finds labels as one types, sets and takes them, and makes those that are missing. */
export function LabelChooser({ conversation, onChange }: ChooserProps) {
  const { api } = useDesk();
  const labels = useLabels();
  const chosen = useLabelsOf(conversation.labels);
  const [query, setQuery] = useState("");
  const [problem, setProblem] = useState("");
  const found = matching(labels, query);
  const name = query.trim().replace(/\s+/g, " ").slice(0, NAME_CHARS);
  const isNew = !isBlank(name) && !labels.some((label) => fold(label.name) === fold(name));
  const selected = new Set<string>(chosen.map(({ id }) => String(id)));

  function select(keys: Selection): void {
    if (keys === "all") return;
    const wanted = new Set([...keys].map(String));
    if (wanted.has(CREATE)) return void create();
    // What the filter hides stays as it is.
    const added = found.filter(({ id }) => wanted.has(String(id)) && !selected.has(String(id)));
    const removed = found.filter(({ id }) => !wanted.has(String(id)) && selected.has(String(id)));
    if (selected.size + added.length - removed.length > MOST) return setProblem(words.most);
    setProblem("");
    onChange({ add_labels: added.map(({ id }) => id), remove_labels: removed.map(({ id }) => id) });
  }

  async function create(): Promise<void> {
    if (selected.size >= MOST) return setProblem(words.most);
    try {
      const { id } = await api.createLabel({ name, colour: nextColour(labels) });
      setQuery("");
      setProblem("");
      onChange({ add_labels: [id] });
    } catch {
      setProblem(words.failed);
    }
  }

  return (
    <>
      <h2 className="visually-hidden">{words.title}</h2>
      <Autocomplete inputValue={query} onInputChange={setQuery}>
        <SearchField className="chooser-search" aria-label={words.search} autoFocus>
          <Input placeholder={words.search} />
        </SearchField>
        <Menu
          className="menu label-menu"
          aria-label={words.title}
          selectionMode="multiple"
          escapeKeyBehavior="none"
          selectedKeys={selected}
          onSelectionChange={select}
          shouldCloseOnSelect={false}
          renderEmptyState={() => (
            <p className="chooser-empty">{query ? words.nothing(query) : words.none}</p>
          )}
        >
          {found.map((label) => (
            <MenuItem key={label.id} id={String(label.id)} className="menu-item" textValue={label.name}>
              <LabelDot colour={label.colour} />
              <span dir="auto">{label.name}</span>
              {selected.has(String(label.id)) && <CheckIcon />}
            </MenuItem>
          ))}
          {isNew && (
            <MenuItem key={CREATE} id={CREATE} className="menu-item" textValue={words.create(name)}>
              <PlusIcon />
              {words.create(name)}
            </MenuItem>
          )}
        </Menu>
      </Autocomplete>
      <p className="chooser-problem" role="alert">
        {problem}
      </p>
    </>
  );
}

const fold = (text: string): string => text.toLocaleLowerCase();

/** Labels of whose words one begins like the query, those that begin so themselves first. */
export function matching(labels: readonly Label[], query: string): Label[] {
  const wanted = fold(query.trim());
  const rank = ({ name }: Label): number => {
    const folded = fold(name);
    if (folded.startsWith(wanted)) return 0;
    if (folded.split(/[\s/_-]+/).some((word) => word.startsWith(wanted))) return 1;
    return folded.includes(wanted) ? 2 : 3;
  };
  return labels.filter((label) => rank(label) < 3).sort((one, other) => rank(one) - rank(other));
}
