import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { smallPreact } from "../preact";

const file = new URL(import.meta.resolve("preact")).pathname.replace(/preact[^/]*$/, "preact.module.js");
const whole = readFileSync(file, "utf8");

test("each cut leaves a module with what the panel imports, and nothing else", async () => {
  const { code } = smallPreact.transform(whole, file) as { code: string };
  expect(code.length).toBeLessThan(whole.length);
  const module = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as object;
  expect(Object.keys(module).sort()).toEqual(["Fragment", "h", "render"]);
});

test("another Preact stops the build", () => {
  expect(() => smallPreact.transform(`${whole} `, file)).toThrow("Preact has changed");
});
