// Build the style sheet and take from NHS.UK frontend only what it and the pages use.
// Its favicons, manifest and logo stay behind: they are the NHS's trade marks.

import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as sass from "sass";

const project = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const frontend = join(project, "node_modules", "nhsuk-frontend", "dist", "nhsuk");
const built = join(project, "build", "static");

const { css } = sass.compile(join(project, "static", "scss", "portal.scss"), {
  loadPaths: [join(project, "node_modules")],
  quietDeps: true,
  style: "compressed",
});

for (const folder of ["portal", "nhsuk"]) {
  rmSync(join(built, folder), { recursive: true, force: true });
  mkdirSync(join(built, folder), { recursive: true });
}
writeFileSync(join(built, "portal", "portal.css"), css);

for (const [, asset] of css.matchAll(/url\(["']?\.\.\/nhsuk\/(assets\/[^"')?#]+)/g)) {
  mkdirSync(dirname(join(built, "nhsuk", asset)), { recursive: true });
  copyFileSync(join(frontend, asset), join(built, "nhsuk", asset));
}

// Without its pointer to a source map, which collectstatic would insist on finding.
const script = readFileSync(join(frontend, "nhsuk-frontend.min.js"), "utf8");
writeFileSync(
  join(built, "nhsuk", "nhsuk-frontend.min.js"),
  script.replace(/^\/\/# sourceMappingURL=.*$/m, ""),
);
