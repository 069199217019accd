import { isBlank } from "@fireside/shared/format/text";
import { asChatError } from "@fireside/shared/line/errors";
import type { Conversation } from "@fireside/shared/protocol";
import type { CustomerCard, CustomerChange } from "@fireside/shared/protocol/rest";
import { type FormEvent, useState } from "react";
import { Button, Input, Label, TextField } from "react-aria-components";
import { useCardChange } from "./queries";
import { words } from "./words";

interface ContactFormProps {
  conversation: Conversation;
  card: CustomerCard;
  onDone(): void;
}

/** The name, the address and the number of a customer, to be set right. */
export function ContactForm({ conversation, card, onDone }: ContactFormProps) {
  const { mutateAsync, isPending } = useCardChange(conversation);
  const [name, setName] = useState(card.name.value);
  const [email, setEmail] = useState(card.email?.value ?? "");
  const [phone, setPhone] = useState(card.phone?.value ?? "");
  const [problem, setProblem] = useState("");

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (isPending) return;
    if (isBlank(name)) return setProblem(words.noName);
    // What was not touched is not sent: a colleague may have changed it meanwhile.
    const body: CustomerChange = {
      ...(name !== card.name.value && { name }),
      ...(email !== (card.email?.value ?? "") && { email: isBlank(email) ? null : email }),
      ...(phone !== (card.phone?.value ?? "") && { phone: isBlank(phone) ? null : phone }),
    };
    try {
      await mutateAsync({ method: "PATCH", body });
      onDone();
    } catch (error) {
      const { retryable, message } = asChatError(error);
      setProblem(retryable ? words.failed : message);
    }
  }

  return (
    <form className="customer-form" aria-label={words.form} onSubmit={(event) => void submit(event)}>
      <TextField className="field" value={name} onChange={setName} maxLength={200} autoFocus>
        <Label>{words.name}</Label>
        <Input dir="auto" autoComplete="off" />
      </TextField>
      <TextField className="field" value={email} onChange={setEmail} maxLength={200}>
        <Label>{words.email}</Label>
        <Input inputMode="email" autoComplete="off" />
      </TextField>
      <TextField className="field" value={phone} onChange={setPhone} maxLength={40}>
        <Label>{words.phone}</Label>
        <Input inputMode="tel" autoComplete="off" />
      </TextField>
      <p className="problem" role="alert">
        {problem}
      </p>
      <div className="buttons">
        <Button type="submit" className="button primary small" isDisabled={isPending}>
          {words.save}
        </Button>
        <Button className="button small" onPress={onDone}>
          {words.cancel}
        </Button>
      </div>
    </form>
  );
}
