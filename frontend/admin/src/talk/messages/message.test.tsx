import type { ChatClient } from "@fireside/shared/chat";
import type { Message } from "@fireside/shared/log/lane";
import { textMessage } from "@fireside/shared/log/new-message";
import type { Room } from "@fireside/shared/log/room";
import type { Content } from "@fireside/shared/protocol";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { ChatProvider } from "../../ui/chat";
import { MessageActionsProvider } from "../actions";
import { words as contentWords } from "../contents/words";
import { words as reactionWords } from "../reactions/words";
import { words as replyWords } from "../replies/words";
import { MessageItem, PendingItem, StreamingItem } from "./message";
import { words } from "./words";

const MARIA = { id: 9, role: "customer", name: "Maria" } as const;
const ADA = { id: 1, role: "agent", name: "Ada" } as const;

function message(content: Content, rest: Partial<Message> = {}): Message {
  const ids = { seq: 1, message_id: "m", client_msg_id: "c" };
  const plain = { at: 0, sender: MARIA, edited: false, reactions: [] };
  return { kind: "message", lane: "public", ...ids, ...plain, content, ...rest };
}

const drawn = (of: Message, answered?: Message): string =>
  renderToStaticMarkup(
    <ChatProvider value={{} as ChatClient}>
      <MessageActionsProvider
        value={{
          room: {} as Room,
          ownId: ADA.id,
          isAdmin: false,
          editing: undefined,
          edit: () => {},
          reply: () => {},
          jump: () => {},
        }}
      >
        <MessageItem message={of} answered={answered} own={of.sender.id === ADA.id} startsGroup />
      </MessageActionsProvider>
    </ChatProvider>,
  );

test("a text is shown with its links, and no markup of its own", () => {
  const html = drawn(message({ type: "text", text: "<b>See</b> https://example.com/a" }));
  expect(html).toContain("&lt;b&gt;See&lt;/b&gt;");
  expect(html).toContain('href="https://example.com/a"');
});

test.each([
  ["deleted", { type: "deleted" }, contentWords.deleted, contentWords.unknown],
  ["unknown", { type: "unknown" }, contentWords.unknown, contentWords.deleted],
  ["of a type that only a newer server knows", { type: "file" }, contentWords.unknown, contentWords.deleted],
])("a message that is %s says so, and nothing else", (_, content, said, other) => {
  const html = drawn(message(content as Content));
  expect(html).toContain(said);
  expect(html).not.toContain(other);
});

test("a note is told from a message by its looks and in words", () => {
  const note = drawn(message({ type: "text", text: "For us" }, { lane: "team", sender: ADA }));
  expect(note).toContain("data-note");
  expect(note).toContain(words.message.note);
  const said = drawn(message({ type: "text", text: "For all" }, { sender: ADA }));
  expect(said).not.toContain("data-note");
});

test("a message that failed says why, and what can be done", () => {
  const pending = {
    ...textMessage("Hello"),
    kind: "pending",
    client_msg_id: "c",
    at: 0,
    state: "failed",
    error: { code: "invalid", message: "It is too long." },
  } as const;
  const html = renderToStaticMarkup(
    <PendingItem pending={pending} sender={ADA} startsGroup onRetry={() => {}} onDelete={() => {}} />,
  );
  for (const said of ["Hello", "It is too long.", words.message.tryAgain, words.message.delete]) {
    expect(html).toContain(said);
  }
});

test("a reply that is being written shows what there is, and that more comes", () => {
  const streaming = { kind: "streaming", lane: "public", client_msg_id: "c", text: "Let me s" } as const;
  const bot = { id: 2, role: "bot", name: "Robin" } as const;
  const html = renderToStaticMarkup(
    <StreamingItem streaming={{ ...streaming, sender: bot, at: 0, until: 1 }} startsGroup />,
  );
  expect(html).toContain("Let me s");
  expect(html).toContain(words.message.writing);
});

test("an answer shows what it answers as that reads now, and nothing of what was deleted", () => {
  const answer = (): Message => message({ type: "text", text: "The small one" }, { seq: 2, reply_to: 1 });
  expect(drawn(answer(), message({ type: "text", text: "Which size?" }))).toContain("Which size?");
  expect(drawn(answer(), message({ type: "deleted" }))).toContain(contentWords.deletedShort);
  expect(drawn(answer())).toContain(replyWords.show);
});

test("Markdown is drawn as elements, and its links lead nowhere else", () => {
  const markdown = "**bold** [page](https://example.com) [no](javascript:alert(1)) <i>x</i>\n- one";
  const html = drawn(message({ type: "text", text: "bold", markdown }, { sender: ADA }));
  expect(html).toContain("<strong>bold</strong>");
  expect(html).toContain('href="https://example.com"');
  expect(html).not.toContain('href="javascript');
  expect(html).toContain("&lt;i&gt;x&lt;/i&gt;");
  expect(html).toContain("<ul><li><p>one</p></li></ul>");
});

test("reactions say how many there are, and whose", () => {
  const reactions = [
    { emoji: "👍", user: ADA },
    { emoji: "👍", user: MARIA },
  ];
  const html = drawn(message({ type: "text", text: "Done" }, { reactions }));
  expect(html).toContain(`aria-label="${reactionWords.reacted("👍", 2, "You and Maria")}"`);
  expect(html).toContain('aria-pressed="true"');
});
