import { expect, test } from "vitest";
import { fillIn, PLACEHOLDERS, unfilled } from "./placeholders";

const AGENT = { name: "Ada Byron", email: "ada@example.com" };
const MARIA = { customer: { name: "Maria Silva", email: "maria@example.com" }, agent: AGENT };
const NOBODY = { customer: { name: "Visitor 1004", email: null }, agent: AGENT };

test.each([
  ["Hello {{customer.first_name}}!", "Hello Maria!", "Hello {{customer.first_name}}!"],
  ["Hello {{customer.first_name|there}}!", "Hello Maria!", "Hello there!"],
  ["Hello {{ customer.first_name | dear customer }}!", "Hello Maria!", "Hello dear customer!"],
  ["{{customer.name|}}.", "Maria Silva.", "."],
  ["To {{customer.email|you}}", "To maria@example.com", "To you"],
  [
    "{{agent.first_name}}, {{agent.name}}, {{agent.email}}",
    ...Array(2).fill("Ada, Ada Byron, ada@example.com"),
  ],
  ["{{customer.shoe_size|some}}", "some", "some"],
  ["{{customer.shoe_size}}", "{{customer.shoe_size}}", "{{customer.shoe_size}}"],
  ["Write {{ user.name }} in your template", ...Array(2).fill("Write {{ user.name }} in your template")],
])("%s", (text, forMaria, forNobody) => {
  expect(fillIn(text!, MARIA)).toBe(forMaria);
  expect(fillIn(text!, NOBODY)).toBe(forNobody);
});

test("what could not be filled in is found where it stands", () => {
  const text = "Your size, {{customer.shoe_size}}, is sold out.";
  const { from, to, why } = unfilled(text)!;
  expect(text.slice(from, to)).toBe("{{customer.shoe_size}}");
  expect(why).toContain("{{customer.shoe_size}}");
});

test("a text without placeholders may be sent, as may one about somebody else's", () => {
  expect(unfilled("Hello!")).toBeUndefined();
  expect(unfilled("Write {{ user.name }} in your template")).toBeUndefined();
  expect(unfilled(fillIn("Hi {{customer.first_name|there}}", NOBODY))).toBeUndefined();
});

test("a name that looks like a placeholder is not filled in again, and may not be sent", () => {
  const odd = { ...MARIA, customer: { name: "{{agent.email}}", email: null } };
  expect(unfilled(fillIn("Hi {{customer.name}}", odd))).toBeDefined();
});

test("each that the settings name can be filled in", () => {
  for (const name of PLACEHOLDERS) expect(fillIn(`{{${name}}}`, MARIA)).not.toContain("{{");
});
