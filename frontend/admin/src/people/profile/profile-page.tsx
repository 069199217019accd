import { asChatError } from "@fireside/shared/line/errors";
import type { PasswordChange, Profile } from "@fireside/shared/protocol/rest";
import { type FormEvent, type ReactNode, useState } from "react";
import { Button, Input, Label, Text, TextField } from "react-aria-components";
import { SettingsColumn, SettingsSection } from "../../settings/section";
import { useChat } from "../../ui/chat";
import { usePeople } from "../people";
import { words } from "./words";
import "./profile-page.css";

/** The agent's own name and password. */
export function ProfilePage() {
  return (
    <SettingsColumn title={words.title} hint={words.hint}>
      <SettingsSection title={words.nameTitle} hint={words.nameHint}>
        <NameForm />
      </SettingsSection>
      <SettingsSection title={words.passwordTitle} hint={words.passwordHint}>
        <PasswordForm />
      </SettingsSection>
    </SettingsColumn>
  );
}

function NameForm() {
  const { rest } = useChat();
  const { agent, session } = usePeople();
  const [name, setName] = useState(agent.name);
  const isChanged = name.trim() !== "" && name.trim() !== agent.name;

  async function save(): Promise<string> {
    await rest.send("PUT", "/auth/profile", { name } satisfies Profile);
    // The name stands in the session, too: a fresh token brings it.
    await session.token(true);
    return words.saved;
  }

  return (
    <SavedForm label={words.nameTitle} action={words.save} isReady={isChanged} onSave={save}>
      <TextField className="field" value={name} onChange={setName} maxLength={200} autoComplete="name">
        <Label>{words.name}</Label>
        <Input dir="auto" />
      </TextField>
    </SavedForm>
  );
}

function PasswordForm() {
  const { rest } = useChat();
  const { agent } = usePeople();
  const [present, setPresent] = useState("");
  const [next, setNext] = useState("");

  async function save(): Promise<string> {
    const change: PasswordChange = { password: present, new_password: next };
    await rest.send("PUT", "/auth/password", change);
    setPresent("");
    setNext("");
    return words.changed;
  }

  return (
    <SavedForm
      label={words.passwordTitle}
      action={words.change}
      isReady={present !== "" && next.length >= 8}
      onSave={save}
    >
      {/* A password manager wants to know whose it is. */}
      <input type="text" autoComplete="username" value={agent.email} readOnly hidden />
      <TextField
        className="field"
        type="password"
        value={present}
        onChange={setPresent}
        autoComplete="current-password"
      >
        <Label>{words.present}</Label>
        <Input />
      </TextField>
      <TextField
        className="field"
        type="password"
        value={next}
        onChange={setNext}
        autoComplete="new-password"
      >
        <Label>{words.next}</Label>
        <Input />
        <Text slot="description" className="muted">
          {words.nextHint}
        </Text>
      </TextField>
    </SavedForm>
  );
}

interface SavedFormProps {
  label: string;
  action: string;
  /** There is something to save. */
  isReady: boolean;
  /** Saves, and says what is so now. */
  onSave(): Promise<string>;
  children: ReactNode;
}

/** A form that says beside its button what became of it. */
function SavedForm({ label, action, isReady, onSave, children }: SavedFormProps) {
  const [outcome, setOutcome] = useState<{ said: string; isProblem: boolean }>();
  const [isSaving, setSaving] = useState(false);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (!isReady || isSaving) return;
    setSaving(true);
    setOutcome(undefined);
    try {
      setOutcome({ said: await onSave(), isProblem: false });
    } catch (error) {
      const { code, message } = asChatError(error);
      const said = code === "unreachable" || message === "" ? words.unreachable : message;
      setOutcome({ said, isProblem: true });
    }
    setSaving(false);
  }

  return (
    <form className="profile-form" aria-label={label} onSubmit={(event) => void submit(event)}>
      {children}
      <div className="profile-save">
        <Button type="submit" className="button primary" isDisabled={!isReady || isSaving}>
          {action}
        </Button>
        <p role="status" data-problem={outcome?.isProblem || undefined}>
          {outcome?.said}
        </p>
      </div>
    </form>
  );
}
