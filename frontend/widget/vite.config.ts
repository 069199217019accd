import { readFileSync } from "node:fs";
import { defineConfig } from "vite";

const { version } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8")) as {
  version: string;
};

export default defineConfig({
  base: "/widget/",
  publicDir: false,
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
    // The few modules are all in the first load; and the polyfill would be larger than they are.
    modulePreload: { polyfill: false },
    // No data: fonts or images where the policy does not want them.
    assetsInlineLimit: 0,
    rolldownOptions: { input: ["panel.html", "demo.html", "landing.html"] },
  },
});
