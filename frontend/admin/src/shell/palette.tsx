import { isComposing } from "@fireside/shared/format/composing";
import { type KeyboardEvent, useLayoutEffect, useRef, useState } from "react";
import { SearchIcon } from "../ui/icons";
import { KeyCaps } from "../ui/key-caps";
import type { Entries, Entry } from "./palette-entries";
import { words } from "./words";
import "./palette.css";

interface PaletteProps {
  isOpen: boolean;
  /** What there is to choose from, as it is when the palette opens. */
  entries(): Entries;
  onClose(): void;
  onChosen(entry: Entry): void;
}

/** All that can be done or opened, by its name. */
export function Palette({ isOpen, entries, onClose, onChosen }: PaletteProps) {
  const dialog = useRef<HTMLDialogElement>(null);

  // The browser's own modal: the rest is inert, and the focus goes back to where it was.
  useLayoutEffect(() => {
    if (isOpen && !dialog.current?.open) dialog.current?.showModal();
    if (!isOpen) dialog.current?.close();
  }, [isOpen]);

  function choose(entry: Entry): void {
    // Closed at once, so that the focus is back before the command moves it.
    dialog.current?.close();
    onClose();
    onChosen(entry);
  }

  return (
    <dialog
      ref={dialog}
      className="palette"
      aria-label={words.palette.title}
      onClose={onClose}
      onPointerDown={(event) => event.target === dialog.current && onClose()}
    >
      {isOpen && <Search entries={entries} onChosen={choose} />}
    </dialog>
  );
}

function Search({ entries, onChosen }: Pick<PaletteProps, "entries" | "onChosen">) {
  const [all] = useState(entries);
  const [typed, setTyped] = useState("");
  const [place, setPlace] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const found = all.find(typed);
  const current = found[place];

  useLayoutEffect(() => {
    list.current?.children[place]?.scrollIntoView({ block: "nearest" });
  }, [place]);

  function onKeyDown(event: KeyboardEvent): void {
    if (isComposing(event.nativeEvent) || found.length === 0) return;
    const to = {
      ArrowDown: (place + 1) % found.length,
      ArrowUp: (place - 1 + found.length) % found.length,
      PageDown: Math.min(place + 8, found.length - 1),
      PageUp: Math.max(place - 8, 0),
    }[event.key];
    if (to !== undefined) setPlace(to);
    else if (event.key === "Enter" && current) onChosen(current);
    else return;
    event.preventDefault();
  }

  return (
    <>
      <div className="palette-field">
        <SearchIcon />
        <input
          role="combobox"
          aria-label={words.palette.title}
          aria-expanded="true"
          aria-controls="palette-list"
          aria-autocomplete="list"
          aria-activedescendant={current && optionId(place)}
          placeholder={words.palette.placeholder}
          autoFocus
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setPlace(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <ul ref={list} className="options" id="palette-list" role="listbox" aria-label={words.palette.results}>
        {found.map((entry, index) => (
          <li
            key={entry.id}
            id={optionId(index)}
            role="option"
            aria-selected={index === place}
            onPointerMove={() => setPlace(index)}
            onClick={() => onChosen(entry)}
          >
            <span className="option-title" dir="auto">
              {entry.title}
            </span>
            {entry.hint !== undefined && (
              <span className="option-hint" dir="auto">
                {entry.hint}
              </span>
            )}
            <KeyCaps keys={entry.keys[0]} />
          </li>
        ))}
      </ul>
      {found.length === 0 && (
        <p className="palette-none" role="status">
          {words.palette.none(typed.trim())}
        </p>
      )}
    </>
  );
}

const optionId = (place: number): string => `palette-${place}`;
