// Unpack the Chromium of @sparticuz/chromium into TMPDIR and print its path.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const frontend = createRequire(new URL("../../frontend/package.json", import.meta.url));
const { default: chromium } = await import(pathToFileURL(frontend.resolve("@sparticuz/chromium")));
console.log(await (chromium.default ?? chromium).executablePath());
