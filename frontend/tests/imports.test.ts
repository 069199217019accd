import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..");

/** Each part's floors: a file imports from its own and from those below, which stand to the right. */
const FLOORS: Record<string, readonly string[]> = {
  "admin/src": ["app", "shell", "desk", "talk", "people", "settings", "ui"],
  "shared/src": ["index.ts", "chat.ts", "log", "people", "line", "protocol", "format"],
  "widget/src": ["panel", "loader", "site"],
};

const files = Object.keys(FLOORS).flatMap((part) =>
  readdirSync(join(ROOT, part), { recursive: true, encoding: "utf8" })
    .map((file) => join(part, file))
    .filter((file) => /\.(tsx?|css)$/.test(file) && !/\.test\.|\.d\.ts/.test(file)),
);

/** The files of ours that a file names, as types or as values. */
const imports = new Map(
  files.map((file) => {
    const source = readFileSync(join(ROOT, file), "utf8");
    const names = [...source.matchAll(/(?:from|import|import\()\s*"([^"?]+)/g)].map(([, name]) => name!);
    return [file, names.map((name) => fileOf(name, file)).filter((name) => name !== undefined)];
  }),
);

/** Of a package of others there is none; a name of ours that leads nowhere is for the compiler. */
function fileOf(name: string, from: string): string | undefined {
  const path = name.startsWith("@fireside/shared")
    ? name.replace(/^@fireside\/shared\/?/, "shared/src/")
    : join(dirname(from), name);
  if (!name.startsWith(".") && !name.startsWith("@fireside/")) return undefined;
  return ["", ".ts", ".tsx", "/index.ts", "index.ts"]
    .map((end) => path + end)
    .find((file) => files.includes(file));
}

const partOf = (file: string): string => file.split("/").slice(0, 2).join("/");
const floorOf = (file: string): string => relative(partOf(file), file).split("/")[0]!;

/** A feature is a folder of its own in an area; the files beside the folders are the area's face. */
const featureOf = (file: string): string | undefined =>
  file.split("/").length > 4 ? file.split("/").slice(0, 4).join("/") : undefined;

const edges = [...imports].flatMap(([from, all]) => all.map((to) => [from, to] as const));

/** The ways that lead from a node back to itself, each once. */
function cycles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (node: string, path: readonly string[]): void => {
    if (path.includes(node)) found.push([...path.slice(path.indexOf(node)), node].join(" → "));
    if (done.has(node)) return;
    done.add(node);
    for (const next of graph.get(node) ?? []) visit(next, [...path, node]);
  };
  for (const node of graph.keys()) visit(node, []);
  return found;
}

test("every folder of a part is one of its floors", () => {
  expect(imports.size).toBeGreaterThan(100);
  const known = files.filter(
    (file) => !/\.css$|\.d\.ts$/.test(file) && !FLOORS[partOf(file)]?.includes(floorOf(file)),
  );
  expect(known).toEqual([]);
});

describe("imports", () => {
  test("go down", () => {
    const up = edges.filter(([from, to]) => {
      const floors = FLOORS[partOf(from)]!;
      return partOf(from) === partOf(to) && floors.indexOf(floorOf(from)) > floors.indexOf(floorOf(to));
    });
    expect(up).toEqual([]);
  });

  test("lead from a face to what is shared, and to no other face", () => {
    const across = edges.filter(([from, to]) => partOf(from) !== partOf(to) && partOf(to) !== "shared/src");
    expect(across).toEqual([]);
  });

  test("run in no circle, of files or of features", () => {
    expect(cycles(imports)).toEqual([]);
    const features = new Map<string, string[]>();
    for (const [from, to] of edges.map((edge) => edge.map(featureOf))) {
      if (from && to && from !== to) features.set(from, [...(features.get(from) ?? []), to]);
    }
    expect(cycles(features)).toEqual([]);
  });

  test("of a style lead to one that lies beside", () => {
    const afar = edges.filter(
      ([from, to]) => !from.endsWith(".css") && to.endsWith(".css") && dirname(from) !== dirname(to),
    );
    expect(afar).toEqual([["admin/src/app/main.tsx", "admin/src/ui/index.css"]]);
  });
});
