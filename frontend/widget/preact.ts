import { createHash } from "node:crypto";
import type { Plugin } from "vite";

/** The one file that these cuts were made in, of Preact 10.29.8; in another they might cut something else. */
const DIGEST = "c30e721ebfdc6e2ad4c18c14d2dfb82667829c8aec27de1207774e3fc16858a8";

const CUTS: [RegExp, string][] = [
  // Whatever else is imported stops the build: what it needs may be cut below.
  [/export\{.*\}/, "export{S as Fragment,k as h,R as render}"],
  // Class components: `M` says whether a component is one.
  [/M=F\.prototype&&F\.prototype\.render/, "M=!1"],
  [/\bM(?=&&|\?)/g, "!1"],
  [/,M\)/, ",!1)"],
  [/null!=\w+\.(?:component|getChild|getDerived|getSnapshot|should)\w+/g, "!1"],
  // Contexts.
  [/F\.contextType/, "!1"],
  // Hydration.
  [/128&t\.__u/, "!1"],
  // Components that draw themselves anew, and the queue in which they wait.
  [/C\.prototype\.setState=.*(?=C\.prototype\.render)/, ""],
  [/i=\[\],o=.*H\.__r=0,/, ""],
];

/** Leaves in Preact what the panel uses: functions without state, drawn from the root. It has a tight budget. */
export const smallPreact: Plugin & { transform(code: string, id: string): object | undefined } = {
  name: "small-preact",
  transform(code: string, id: string) {
    if (!id.endsWith("preact.module.js")) return undefined;
    if (createHash("sha256").update(code).digest("hex") !== DIGEST)
      throw new Error(
        "Preact has changed. Read the cuts in frontend/widget/preact.ts against its new dist/preact.module.js, " +
          "run tests/e2e, and note the file's sha256 there.",
      );
    return { code: CUTS.reduce((rest, [what, instead]) => rest.replace(what, instead), code), map: null };
  },
};
