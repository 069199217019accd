import { expect, test } from "vitest";
import { initials } from "./avatar";

test("initials come from the first and last word, in any script", () => {
  expect(initials("Ada Byron King")).toBe("AK");
  expect(initials("Madonna")).toBe("MA");
  expect(initials("دينا حسن")).toBe("دح");
  expect(initials("😀 Smile")).toBe("😀S");
  expect(initials(" ")).toBe("?");
});

test("numbered visitors are told apart by their numbers", () => {
  expect(initials("Visitor 1004")).toBe("04");
  expect(initials("Visitor 7")).toBe("7");
});
