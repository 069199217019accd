import type { CannedReply } from "@fireside/shared/protocol/rest";
import { useState, useSyncExternalStore } from "react";
import { Button, Input, SearchField } from "react-aria-components";
import { usePeople } from "../../people/people";
import { SettingsColumn } from "../../settings/section";
import { fold } from "../../ui/fuzzy";
import { IconButton } from "../../ui/icon-button";
import { CloseIcon, PencilIcon, PlusIcon, WarningIcon } from "../../ui/icons";
import { Notice, Skeleton } from "../../ui/notice";
import { useDesk } from "../desk";
import { CannedForm } from "./canned-form";
import { words } from "./words";
import "./canned-page.css";

/** The canned replies that an agent has: find, make, change and delete them. */
export function CannedPage() {
  const { canned } = useDesk();
  const state = useSyncExternalStore(canned.subscribe, canned.getState);
  const [editing, setEditing] = useState<CannedReply | "new">();
  const [typed, setTyped] = useState("");
  const found = state.items.filter((reply) => has(reply, fold(typed.trim())));
  const add = (
    <Button className="button primary" onPress={() => setEditing("new")}>
      <PlusIcon />
      {words.create}
    </Button>
  );

  return (
    <SettingsColumn title={words.title} hint={words.hint} action={state.items.length > 0 ? add : undefined}>
      {editing === "new" && <CannedForm onDone={() => setEditing(undefined)} />}
      {state.items.length > 0 ? (
        <>
          <SearchField className="field" aria-label={words.search} value={typed} onChange={setTyped}>
            <Input placeholder={words.search} />
          </SearchField>
          {found.length === 0 && (
            <p className="muted" role="status">
              {words.nothing(typed.trim())}
            </p>
          )}
          <ul className="canned-list">
            {found.map((reply) => (
              <li key={reply.id}>
                {editing === reply ? (
                  <CannedForm reply={reply} onDone={() => setEditing(undefined)} />
                ) : (
                  <CannedRow reply={reply} onEdit={() => setEditing(reply)} />
                )}
              </li>
            ))}
          </ul>
        </>
      ) : state.status === "loading" ? (
        <Skeleton rows={4} label={words.loading} />
      ) : state.status === "failed" ? (
        <Notice role="alert" icon={<WarningIcon />} title={words.failed} hint={words.failedHint}>
          <Button className="button" onPress={() => void canned.load()}>
            {words.retry}
          </Button>
        </Notice>
      ) : (
        editing === undefined && (
          <Notice title={words.empty} hint={words.emptyHint}>
            {add}
          </Notice>
        )
      )}
    </SettingsColumn>
  );
}

function has({ shortcut, title, text }: CannedReply, query: string): boolean {
  return [shortcut, title, text].some((part) => fold(part).includes(query));
}

function CannedRow({ reply, onEdit }: { reply: CannedReply; onEdit(): void }) {
  const { canned, undo } = useDesk();
  const { agent } = usePeople();
  const [problem, setProblem] = useState<string>();
  const isOwn = reply.owner_id === agent.id;
  const mayChange = isOwn || agent.is_admin;

  async function remove(): Promise<void> {
    const { title, text, shortcut, is_shared } = reply;
    try {
      await canned.remove(reply.id);
      undo.did({
        said: words.removed(title),
        undo: () => canned.save({ title, text, shortcut, is_shared }),
      });
    } catch (error) {
      setProblem((error as Error).message || words.unreachable);
    }
  }

  return (
    <article className="canned-row" aria-label={reply.title}>
      <h2 dir="auto">{reply.title}</h2>
      {reply.shortcut !== "" && <kbd>/{reply.shortcut}</kbd>}
      <span className="tag">{reply.is_shared ? words.shared : words.own}</span>
      {mayChange && (
        <span className="canned-actions">
          <IconButton label={words.edit(reply.title)} onPress={onEdit}>
            <PencilIcon />
          </IconButton>
          <IconButton label={words.remove(reply.title)} onPress={() => void remove()}>
            <CloseIcon />
          </IconButton>
        </span>
      )}
      <p className="canned-body" dir="auto">
        {reply.text}
      </p>
      <p className="canned-facts">
        {[!isOwn && words.by(reply.owner_name), reply.team_uses > 0 && words.uses(reply.team_uses)]
          .filter(Boolean)
          .join(" · ")}
      </p>
      <p className="canned-problem" role="alert">
        {problem}
      </p>
    </article>
  );
}
