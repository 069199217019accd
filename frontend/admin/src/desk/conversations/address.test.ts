import { expect, test } from "vitest";
import { BASE, conversationAt, conversationPath, listPath, statusOf } from "./address";

test.each(["open", "closed"] as const)(
  "the %s list is found again by its address, with a conversation too",
  (status) => {
    for (const path of [listPath(status), conversationPath("a", status)]) {
      expect(statusOf(new URL(path, "http://chat.example").searchParams)).toBe(status);
    }
  },
);

test("an address tells the conversation on the screen, if there is one", () => {
  const at = (path: string) => conversationAt(new URL(BASE + path, "http://chat.example"));
  expect(at(conversationPath("a", "closed"))).toBe("a");
  expect(at(listPath("open"))).toBeUndefined();
});
