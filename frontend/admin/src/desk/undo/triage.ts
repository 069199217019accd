import type { Conversation, Person } from "@fireside/shared/protocol";
import type { ConversationChange } from "@fireside/shared/protocol/rest";
import { words } from "./words";

/** What the desk knows of one field of a change: how it is undone, told, and shown before the server has answered. */
interface Triage<Value> {
  /** The change that makes what is to be changed as it is in this conversation. */
  asIn(conversation: Conversation, change: ConversationChange): ConversationChange;
  /** What was done. */
  said(value: Value, name: string): string;
  /** How the conversation looks with it, where that is known without asking. */
  shown?(value: Value, known: Conversation, ownself: Person): Partial<Conversation>;
}

/** Each field that a change may have; without one for each, nothing compiles. */
const triage: { [Field in keyof ConversationChange]-?: Triage<ConversationChange[Field] & ({} | null)> } = {
  status: {
    asIn: ({ status, snoozed_until }) => (status === "snoozed" ? { status, snoozed_until } : { status }),
    said: (status, name) => words[status](name),
    shown: (status) => ({ status }),
  },
  assignee_id: {
    asIn: ({ assignee }) => ({ assignee_id: assignee?.id ?? null }),
    said: (id, name) => (id === null ? words.unassigned(name) : words.assigned(name)),
    shown: (id, _, ownself) =>
      id === null ? { assignee: null } : id === ownself.id ? { assignee: ownself } : {},
  },
  team_id: {
    asIn: ({ team }) => ({ team_id: team?.id ?? null }),
    said: (id, name) => (id === null ? words.teamTaken(name) : words.teamGiven(name)),
    shown: (id, known) => (id === null ? { team: null } : { team: known.team }),
  },
  priority: {
    asIn: ({ priority = "normal" }) => ({ priority }),
    said: (_, name) => words.ranked(name),
    shown: (priority) => ({ priority }),
  },
  // They come with the status, which tells of them.
  snoozed_until: {
    asIn: () => ({}),
    said: () => "",
    shown: (snoozed_until) => ({ snoozed_until }),
  },
  zone: { asIn: () => ({}), said: () => "" },
  seen_seq: { asIn: () => ({}), said: () => "" },
  add_labels: {
    asIn: labelsAsIn,
    said: (_, name) => words.labelled(name),
    shown: (ids, { labels = [] }) => ({ labels: [...labels, ...ids.filter((id) => !labels.includes(id))] }),
  },
  remove_labels: {
    asIn: labelsAsIn,
    said: (_, name) => words.labelled(name),
    shown: (ids, { labels = [] }) => ({ labels: labels.filter((id) => !ids.includes(id)) }),
  },
};

type Field = keyof ConversationChange;

function fieldsOf(change: ConversationChange): Field[] {
  return (Object.keys(change) as Field[]).filter((field) => change[field] !== undefined);
}

/** Of all that is to be changed, the values that a conversation has, as a change. */
function asIn(change: ConversationChange, conversation: Conversation): ConversationChange {
  return Object.assign({}, ...fieldsOf(change).map((field) => triage[field].asIn(conversation, change)));
}

/** Of the labels that are to be changed, those that it has and those that it has not. */
function labelsAsIn({ labels = [] }: Conversation, change: ConversationChange): ConversationChange {
  const ids = [...(change.add_labels ?? []), ...(change.remove_labels ?? [])];
  return {
    add_labels: ids.filter((id) => labels.includes(id)),
    remove_labels: ids.filter((id) => !labels.includes(id)),
  };
}

/** The change that takes this one back, for a conversation as it was before. */
export function inverse(change: ConversationChange, before: Conversation): ConversationChange {
  return asIn(change, before);
}

/** Whether what a change has made is still so. */
export function stillStands(change: ConversationChange, after: Conversation, now: Conversation): boolean {
  return JSON.stringify(asIn(change, after)) === JSON.stringify(asIn(change, now));
}

export function saidOf(change: ConversationChange, { customer }: Conversation): string {
  const [field] = fieldsOf(change);
  if (field === undefined) return "";
  return (triage[field] as Triage<unknown>).said(change[field], customer.name);
}

/** The conversation as it will be, as far as can be known before the server has answered. */
export function foreseen(change: ConversationChange, known: Conversation, ownself: Person): Conversation {
  const parts = fieldsOf(change).map((field) =>
    (triage[field] as Triage<unknown>).shown?.(change[field], known, ownself),
  );
  return Object.assign({}, known, ...parts);
}
