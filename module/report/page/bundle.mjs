// Bundles the page: index.html with its style, and main.js with what it imports, as one file. Usage: node bundle.mjs WORK OUT, where
// WORK/node_modules is what npm ci made.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const [work, out] = process.argv.slice(2).map((path) => resolve(path));
const page = dirname(fileURLToPath(import.meta.url));
const esbuild = createRequire(join(work, "package.json"))("esbuild");
const built = await esbuild.build({
  entryPoints: [join(page, "main.js")],
  nodePaths: [join(work, "node_modules")],
  bundle: true,
  minify: true,
  write: false,
  format: "iife",
  target: "es2020",
  charset: "ascii",
  legalComments: "none",
  define: { "process.env.NODE_ENV": '"production"' },
});
const notice = "/* Apache ECharts 6, Apache License 2.0, and zrender, BSD 3-Clause, are part of this script. */\n";
const script = notice + built.outputFiles[0].text.trimEnd();
if (/<\/script/i.test(script)) throw new Error("the script would end its own element");
const hash = createHash("sha256").update(script).digest("base64");
const parts = {
  "<!--hash-->": `sha256-${hash}`,
  "<!--style-->": readFileSync(join(page, "style.css"), "utf8").trim(),
  "<!--script-->": script,
};
let html = readFileSync(join(page, "index.html"), "utf8");
for (const [mark, text] of Object.entries(parts)) {
  if (html.split(mark).length !== 2) throw new Error(`index.html: ${mark} is not there once`);
  html = html.replace(mark, () => text);
}
writeFileSync(out, html);
console.log(`${out}: ${html.length} bytes`);
