import { type KeyboardEvent, useLayoutEffect, useState, useSyncExternalStore } from "react";
import { Link } from "wouter";
import { usePeople } from "../../people/people";
import type { ComposerTool, ComposerToolProps } from "../../talk/slots";
import type { CannedReply } from "@fireside/shared/protocol/rest";
import { useDesk } from "../desk";
import { fillIn, unfilled } from "./placeholders";
import { words } from "./words";
import "./tool.css";

const MOST = 8;
const LIST = "canned-list";
/** A slash at the beginning of a word, and what was typed behind it. */
const CALL = /(?:^|\s)\/([^\s/]{0,40})$/;

/** The list that opens when somebody types a slash. */
function CannedList({ conversation, text, field, replace, keys }: ComposerToolProps) {
  const { canned } = useDesk();
  const { agent } = usePeople();
  useSyncExternalStore(canned.subscribe, canned.getState);
  // The text at which it was closed: it stays so until something else is typed.
  const [closedAt, setClosedAt] = useState<string>();
  const [place, setPlace] = useState(0);

  const input = field.current;
  const isWriting = input !== null && document.activeElement === input;
  const caret = input?.selectionEnd ?? text.length;
  const typed = isWriting && text !== closedAt ? CALL.exec(text.slice(0, caret))?.[1] : undefined;
  const found = typed === undefined ? [] : canned.find(typed, MOST);
  const isOpen = typed !== undefined && (found.length > 0 || typed === "");
  const current = found[Math.min(place, found.length - 1)];
  const optionId = current && isOpen ? `canned-${current.id}` : undefined;

  useLayoutEffect(() => setPlace(0), [typed]);
  useLayoutEffect(() => {
    if (!isOpen) return;
    keys.current = onKey;
    // As long as there are none, a sentence stands in the list's place.
    if (optionId !== undefined) {
      input?.setAttribute("aria-controls", LIST);
      input?.setAttribute("aria-activedescendant", optionId);
    }
    const close = (): void => setClosedAt(text);
    input?.addEventListener("blur", close);
    return () => {
      if (keys.current === onKey) keys.current = undefined;
      input?.removeEventListener("blur", close);
      input?.removeAttribute("aria-controls");
      input?.removeAttribute("aria-activedescendant");
    };
  });
  useLayoutEffect(() => {
    if (optionId !== undefined) document.getElementById(optionId)?.scrollIntoView({ block: "nearest" });
  }, [optionId]);

  function onKey(event: KeyboardEvent): boolean {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") setClosedAt(text);
    else if (current && step !== undefined) setPlace((place + step + found.length) % found.length);
    else if (current && (event.key === "Enter" || event.key === "Tab") && !event.shiftKey) putIn(current);
    else {
      // The caret goes elsewhere: what stands behind the slash is meant as it is.
      if (/^(Arrow|Home|End|Page)/.test(event.key)) setClosedAt(text);
      return false;
    }
    event.preventDefault();
    return true;
  }

  function putIn(reply: CannedReply): void {
    const from = caret - (typed ?? "").length - 1;
    replace(from, caret, fillIn(reply.text, { customer: conversation.customer, agent }));
    canned.used(reply);
  }

  if (!isOpen) return null;
  return (
    <div className="canned">
      {found.length === 0 ? (
        <p className="canned-none">
          {words.noneYet}{" "}
          <Link className="link" href="/settings/canned-replies">
            {words.make}
          </Link>
        </p>
      ) : (
        <ul className="options" id={LIST} role="listbox" aria-label={words.list}>
          {found.map((reply) => (
            <li
              key={reply.id}
              id={`canned-${reply.id}`}
              role="option"
              aria-selected={reply === current}
              // The field keeps the focus.
              onPointerDown={(event) => event.preventDefault()}
              onPointerMove={() => setPlace(found.indexOf(reply))}
              onClick={() => putIn(reply)}
            >
              <span className="option-title" dir="auto">
                {reply.title}
              </span>
              {reply.shortcut !== "" && <kbd>/{reply.shortcut}</kbd>}
              <span className="option-hint" dir="auto">
                {reply.text}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

export const cannedReplies: ComposerTool = { id: "canned-replies", View: CannedList, refuses: unfilled };
