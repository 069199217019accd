import { asChatError } from "@fireside/shared/line/errors";
import { type FormEvent, useEffect, useState } from "react";
import { Button, FieldError, Form, Input, Label, TextField } from "react-aria-components";
import { BRAND } from "../../ui/brand";
import { ChatIcon } from "../../ui/icons";
import type { Session } from "./session";
import { words } from "./words";
import "./login.css";

interface LoginProps {
  session: Session;
  expired: boolean;
}

export function Login({ session, expired }: LoginProps) {
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    document.title = BRAND;
  }, []);

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    if (busy) return;
    const fields = new FormData(event.currentTarget);
    const email = String(fields.get("email")).trim();
    const password = String(fields.get("password"));
    if (email === "" || password === "") return setProblem(words.missing);
    setBusy(true);
    setProblem(undefined);
    try {
      await session.login(email, password);
    } catch (error) {
      setProblem(explain(error));
      setBusy(false);
    }
  }

  return (
    <main className="login">
      <div className="login-card">
        <span className="brand-mark">
          <ChatIcon />
        </span>
        <h1>{words.title}</h1>
        <p className="login-lead">{words.lead}</p>
        {expired && problem === undefined && <p className="login-notice">{words.expired}</p>}
        <Form onSubmit={(event) => void submit(event)} validationBehavior="aria">
          <TextField name="email" type="email" autoComplete="username" autoFocus className="field">
            <Label>{words.email}</Label>
            <Input />
            <FieldError />
          </TextField>
          <TextField name="password" type="password" autoComplete="current-password" className="field">
            <Label>{words.password}</Label>
            <Input />
            <FieldError />
          </TextField>
          <p className="login-problem" role="alert">
            {problem}
          </p>
          <Button type="submit" className="button primary">
            {busy ? words.submitting : words.submit}
          </Button>
        </Form>
      </div>
    </main>
  );
}

function explain(error: unknown): string {
  const { code, message, retryAfterMs } = asChatError(error);
  switch (code) {
    case "auth_failed":
    case "invalid":
      return words.refused;
    case "forbidden":
      // Not of the person: the server says what is wrong with its set-up, for whoever put it behind a proxy.
      return message || words.failed;
    case "rate_limited":
      return words.limited((retryAfterMs ?? 60_000) / 1000);
    case "unreachable":
    case "unavailable":
      return words.unreachable;
    default:
      return words.failed;
  }
}
