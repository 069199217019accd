import { existsSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";

const dist = new URL("../dist/", import.meta.url);

function read(path: string): string {
  const file = new URL(path, dist);
  if (!existsSync(file)) throw new Error(`${file.pathname} is missing; run: npm run build`);
  return readFileSync(file, "utf8");
}

/** The scripts that the page names, and what those import at once; what comes by `import()` comes later. */
function scripts(): string[] {
  const names = [...read("index.html").matchAll(/(?:src|href)="\/admin\/(assets\/[^"]+\.js)"/g)].map(
    ([, name]) => name!,
  );
  for (const name of names) {
    for (const [, file] of read(name).matchAll(/\bfrom"\.\/([^"]+\.js)"/g)) {
      if (!names.includes(`assets/${file}`)) names.push(`assets/${file}`);
    }
  }
  return names;
}

test("the first view is at most 180 kB of script", () => {
  const names = scripts();
  expect(names.length).toBeGreaterThan(0);
  const bytes = names.reduce((sum, name) => sum + gzipSync(read(name), { level: 9 }).length, 0);
  expect(bytes).toBeLessThanOrEqual(180 * 1000);
});
