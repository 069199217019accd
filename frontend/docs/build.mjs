// Puts the API's page together: swagger-ui as its package brings it, so that nothing is loaded from elsewhere.
import { cpSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { createRequire } from "node:module";

const here = import.meta.dirname;
const swagger = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
const dist = join(here, "dist");

mkdirSync(dist, { recursive: true });
for (const name of ["swagger-ui-bundle.js", "swagger-ui.css"]) cpSync(join(swagger, name), join(dist, name));
for (const name of ["index.html", "docs.js"]) cpSync(join(here, name), join(dist, name));
