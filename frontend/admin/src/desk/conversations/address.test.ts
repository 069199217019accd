import { expect, test } from "vitest";
import { BASE, conversationAt, conversationPath, type ListAddress, listAt, listPath } from "./address";

const LISTS: readonly ListAddress[] = [
  { view: "open" },
  { view: "closed" },
  { view: "inbox-3", sort: "waiting" },
  { view: "7", assignee: "me", inbox: "2", waiting: true, sort: "activity" },
  { view: "mine", status: "closed,snoozed", team: "4,none", label: "1,9", priority: "urgent" },
];

test.each(LISTS)("the list %o is found again by its address, with a conversation too", (list) => {
  for (const path of [listPath(list), conversationPath("a", list)]) {
    expect(listAt(new URL(path, "http://chat.example").searchParams)).toEqual(list);
  }
});

test("the desk opens with all that is open, and an address of an older version with what it meant", () => {
  expect(listPath({ view: "open" })).toBe("/");
  expect(listPath({ view: "open", label: "1,9" })).toBe("/?label=1,9");
  expect(listAt(new URLSearchParams("show=closed")).view).toBe("closed");
});

test("an address tells the conversation on the screen, if there is one", () => {
  const at = (path: string) => conversationAt(new URL(BASE + path, "http://chat.example"));
  expect(at(conversationPath("a", { view: "closed" }))).toBe("a");
  expect(at(listPath({ view: "open" }))).toBeUndefined();
});
