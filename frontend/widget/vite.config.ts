import { readFileSync } from "node:fs";
import { defineConfig, type Plugin } from "vite";
import { smallPreact } from "./preact.ts";

const { version } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8")) as {
  version: string;
};

/** Writes the tokens that no theme changes where they are used: the panel's budget is tight. */
const inlineTokens: Plugin = {
  name: "inline-tokens",
  enforce: "post",
  transform(code, id) {
    if (!id.includes("panel.css?inline")) return undefined;
    const values = new Map<string, string>();
    const rest = code.replace(
      /(--(?:space|font|line|radius)[\w-]*):([^;}]+);?/g,
      (_, name: string, value: string) => {
        values.set(name, value.trim());
        return "";
      },
    );
    const names: string[] = [];
    const short = (name: string): string => {
      if (!names.includes(name)) names.push(name);
      return `--${names.indexOf(name).toString(36)}`;
    };
    const inlined = rest.replace(/var\((--[\w-]+)\)/g, (use, name: string) => values.get(name) ?? use);
    // The one that the panel sets keeps its name.
    return { code: inlined.replace(/--(?!accent\b)[a-z][a-z-]+(?=[:)])/g, short), map: null };
  },
};

/** Loads a chunk and nothing with it: ours have no style sheets, and Vite's own helper for these is larger than they are. */
const plainImports: Plugin = {
  name: "plain-imports",
  enforce: "pre",
  load: (id) =>
    id.includes("vite/preload-helper") ? "export const __vitePreload = (load) => load()" : undefined,
};

export default defineConfig({
  base: "/widget/",
  publicDir: false,
  plugins: [inlineTokens, plainImports, smallPreact],
  define: { FIRESIDE_VERSION: JSON.stringify(version) },
  oxc: { jsx: { runtime: "classic", pragma: "h", pragmaFrag: "Fragment" } },
  css: {
    transformer: "lightningcss",
    // The first browsers with light-dark(); and what of the shared tokens the panel does not use.
    lightningcss: {
      targets: { chrome: 123 << 16, firefox: 120 << 16, safari: (17 << 16) | (5 << 8) },
      unusedSymbols: ["--note", "--ok", "--away", "--off", "--accent-soft", "--motion-out"],
    },
  },
  build: {
    target: "es2022",
    cssTarget: ["chrome123", "safari17.5", "firefox120"],
    // The few modules are all in the first load or small; what preloads them would be larger than they are.
    modulePreload: false,
    // No data: fonts or images where the policy does not want them.
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: ["panel.html", "demo.html", "landing.html"],
      optimization: { inlineConst: { mode: "all" } },
    },
  },
});
