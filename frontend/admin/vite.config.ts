import { defineConfig } from "vite";

export default defineConfig({
  base: "/admin/",
  build: {
    target: "es2022",
    // The content policy of /admin allows files of its own origin only: nothing may be inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // React and React Aria are most of it; it is loaded once a day by people who stay for eight hours.
    chunkSizeWarningLimit: 600,
    rolldownOptions: {
      onLog(level, log, report) {
        // "use client" speaks to frameworks that render on a server; there is none.
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") report(level, log);
      },
    },
  },
});
