import { existsSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";

const dist = new URL("../dist/", import.meta.url);

function read(path: string): string {
  const file = new URL(path, dist);
  if (!existsSync(file)) throw new Error(`${file.pathname} is missing; run: npm run build`);
  return readFileSync(file, "utf8");
}

const compressed = (text: string): number => gzipSync(text, { level: 9 }).length;

/** All scripts and style sheets that a page names, and what those load at once. */
function loadedBy(page: string): string[] {
  const names = [...read(page).matchAll(/(?:src|href)="\/widget\/(assets\/[^"]+\.(?:js|css))"/g)].map(
    ([, name]) => name!,
  );
  for (const name of names) {
    for (const [, file] of read(name).matchAll(/\bfrom"\.\/([^"]+)"/g)) {
      if (!names.includes(`assets/${file}`)) names.push(`assets/${file}`);
    }
  }
  return names;
}

test("the loader is at most 2 kB", () => {
  expect(compressed(read("widget.js"))).toBeLessThanOrEqual(2 * 1024);
});

test("the panel is at most 20 kB, script and style together", () => {
  const files = loadedBy("panel.html");
  expect(files.length).toBeGreaterThan(0);
  expect(files.reduce((sum, name) => sum + compressed(read(name)), 0)).toBeLessThanOrEqual(20 * 1024);
});

test.each([
  ["extras", 7],
  ["several", 4],
  ["sound", 1],
  ["fallback", 1],
])("the %s that the panel fetches later are at most %i kB", (name, most) => {
  const [panel] = loadedBy("panel.html");
  const [, chunk] = new RegExp(`import\\(.\\./(${name}-[^\`"']+)`).exec(read(panel!)) ?? [];
  expect(compressed(read(`assets/${chunk}`))).toBeLessThanOrEqual(most * 1024);
});

describe.each(["panel.html", "demo.html", "landing.html"])(
  "%s obeys a policy without unsafe-inline",
  (page) => {
    test("no inline script, style or handler", () => {
      const html = read(page);
      expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|javascript:/i);
      for (const [, attributes, body] of html.matchAll(/<script([^>]*)>([^]*?)<\/script>/g)) {
        expect(attributes).toContain("src=");
        expect(body).toBe("");
      }
    });

    test("nothing from elsewhere", () => {
      const addresses = [
        ...read(page)
          .replace(/<pre>[^]*?<\/pre>/g, "")
          .matchAll(/(?:src|href)="([^"]+)"/g),
      ].map(([, address]) => address!);
      expect(addresses.filter((address) => !/^(\/|#|data:,$)/.test(address))).toEqual([]);
    });
  },
);

test("the widget never writes markup", () => {
  const ours = read("widget.js");
  expect(ours).not.toMatch(/innerHTML|insertAdjacentHTML|document\.write|eval\(/);
});
