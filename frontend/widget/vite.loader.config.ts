import { defineConfig } from "vite";

/** The one file that every page of a host site loads: classic, so that `async` and `document.currentScript` work. */
export default defineConfig({
  publicDir: false,
  build: {
    emptyOutDir: false,
    target: "es2022",
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    lib: { entry: "src/loader/loader.ts", formats: ["iife"], name: "fireside", fileName: () => "widget.js" },
  },
});
