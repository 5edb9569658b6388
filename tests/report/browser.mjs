// Opens a page of `lead report` in a headless Chromium over file:// and looks at what people do with it. Prints the first thing that is
// wrong and ends with 1. Usage: node browser.mjs PAGE RUN EXPECTED.json [SCREENSHOTS]; EXPECTED: {"truth", "median", "hostile"}: of the
// first OD pair, and a node's name that looks like markup. With SCREENSHOTS (a path's beginning) it writes pictures, and looks at nothing.
import { existsSync, readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const [file, run, expectedFile, screenshots] = process.argv.slice(2);
const program = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => existsSync(path));
const browser = await chromium.launch({ executablePath: program, args: process.getuid() === 0 ? ["--no-sandbox"] : [] });
const wait = 60000; // ms; a page that is not there by then hangs

function check(holds, what) {
  if (!holds) throw new Error(what);
}

async function open(options, path = file) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.faults = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && page.faults.push(message.text()));
  page.on("pageerror", (error) => page.faults.push(error.stack));
  page.on("dialog", (dialog) => {
    page.faults.push(`a dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("request", (request) => /^https?:/.test(request.url()) && page.faults.push(`it asks the network: ${request.url()}`));
  const begun = Date.now();
  await page.goto(`file://${path}`);
  await settle(page);
  page.opened = Date.now() - begun;
  return page;
}

const settle = (page) =>
  page.waitForFunction(
    () => globalThis.leadReportIdle?.() && (document.querySelector("canvas") || !document.querySelector(".chart")),
    null,
    { timeout: wait },
  );
const done = async (page) => {
  check(page.faults.length === 0, page.faults.join("\n"));
  await page.context().close();
};
const drawing = (page, id) => page.evaluate((name) => document.querySelector(`#${name} canvas`).toDataURL(), id);
const now = (page) => page.textContent("#now");
const epochOf = async (page) => Number((await now(page)).match(/epoch (\d+)/)[1]);
const showsEpoch = (page, epoch) =>
  page.waitForFunction((at) => document.getElementById("now").textContent.includes(`epoch ${at}:`), epoch, { timeout: wait });

// All panels in view, so that all are drawn.
async function unroll(page, width) {
  await page.setViewportSize({ width, height: await page.evaluate(() => document.documentElement.scrollHeight) });
  await page.waitForFunction(
    () => globalThis.leadReportIdle() && [...document.querySelectorAll(".chart")].every((box) => box.children.length),
    null,
    { timeout: wait },
  );
}

// --- what is looked at ---

async function numbers(page) {
  const cells = await page.$$eval("#summary tbody tr", (rows) =>
    rows.map((row) => [...row.cells].map((cell) => cell.textContent)),
  );
  const { policies } = JSON.parse(readFileSync(`${run}/summary.json`, "utf8"));
  check(cells.length === policies.length, `${cells.length} rows for ${policies.length} policies`);
  policies.forEach((policy, i) => {
    const wanted = [
      policy.mlu_over_optimum.mean,
      policy.mlu_over_optimum.p99,
      policy.mlu_over_optimum.max,
      policy.mlu.mean,
      policy.mlu.p99,
      100 * policy.loss_fraction,
      1000 * policy.delay_s.mean,
    ];
    check(cells[i][0] === policy.name, `row ${i} is of ${cells[i][0]}`);
    wanted.forEach((value, k) =>
      check(
        Number(cells[i][k + 1]) === Number(value.toPrecision(5)),
        `${policy.name}, column ${k + 1}: ${cells[i][k + 1]}, in summary.json ${value}`,
      ),
    );
  });
}

// Each row of the policies' anomalies.csv is in the table, its place as it stands there, and a stroke on the axis of the MLU.
async function anomalies(page) {
  const { policies } = JSON.parse(readFileSync(`${run}/summary.json`, "utf8"));
  const files = policies.map(({ name }) => `${run}/${name}/anomalies.csv`).filter(existsSync);
  const rows = files.flatMap((path) => readFileSync(path, "utf8").trim().split("\n").slice(1));
  const shown = await page.$$eval("#anomalies tbody tr", (list) => list.map((row) => [...row.cells].map((cell) => cell.textContent)));
  check(shown.length === rows.length, `${shown.length} anomalies for ${rows.length}`);
  check((await page.isVisible("#anomalies")) === rows.length > 0, "the table of anomalies is there without any, or is not");
  rows.forEach((row, i) => check(row.includes(`,${shown[i][3]},`) && row.replaceAll('""', '"').includes(shown[i][4]), `anomaly ${i}: ${shown[i]}`));
  check((await page.evaluate(() => leadReportStrokes())) === rows.length, "other strokes than anomalies");
  if (!rows.length) return;
  await page.click("#legend button >> nth=1");
  await settle(page);
  check((await page.evaluate(() => leadReportStrokes())) === 0, "a hidden policy keeps its strokes");
  await page.click("#legend button >> nth=1");
  await settle(page);
}

async function slider(page) {
  const before = await drawing(page, "map"),
    colours = await page.evaluate(() => leadReportMap());
  await page.fill("#epoch", "20");
  await showsEpoch(page, 20);
  await settle(page);
  check((await drawing(page, "map")) !== before, "the slider does not move the map");
  check(
    JSON.stringify(await page.evaluate(() => leadReportMap())) !== JSON.stringify(colours),
    "the links' colours do not change",
  );
  await page.selectOption("#mode", "max");
  await settle(page);
  check((await page.textContent("#map .note")).includes("largest of the run"), "the map does not say that it shows the largest");
}

async function click(page) {
  const other = (Number(await page.inputValue("#link")) + 3) % (await page.$$eval("#link option", (list) => list.length));
  const before = await page.textContent("#link-series .note");
  await page.locator("#map canvas").scrollIntoViewIfNeeded();
  const [x, y] = await page.evaluate((e) => leadReportLinkPoint(e), other);
  await page.locator("#map canvas").click({ position: { x, y } });
  check(Number(await page.inputValue("#link")) === other, `a click on link ${other} chooses ${await page.inputValue("#link")}`);
  await page.locator("#link-series").scrollIntoViewIfNeeded();
  await page.waitForFunction((text) => document.querySelector("#link-series .note").textContent !== text, before, {
    timeout: wait,
  });
}

async function worst(page) {
  await page.selectOption("#policy", "0");
  await page.click("#worst");
  const [name] = JSON.parse(readFileSync(`${run}/summary.json`, "utf8")).policies.map((policy) => policy.name);
  const [head, ...rows] = readFileSync(`${run}/${name}/epochs.csv`, "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  const mlu = rows.map((row) => Number(row[head.indexOf("mlu")]));
  await showsEpoch(page, mlu.indexOf(Math.max(...mlu)));
}

const median = (page) => page.evaluate(() => leadReportFan());

async function fan(page, expected) {
  await page.selectOption("#policy", { label: expected.policy });
  await page.selectOption("#pair", "0");
  await page.locator("#fan").scrollIntoViewIfNeeded();
  await page.waitForFunction(() => globalThis.leadReportIdle() && globalThis.leadReportFan(), null, { timeout: wait });
  const first = await median(page),
    before = await drawing(page, "fan");
  // 254 steps over at most five decades: 4.7 % a step, half of it either way.
  const near = (a, b, part) => (b === null ? a === null || Number.isNaN(a) : Math.abs(a - b) <= part * b);
  expected.truth.forEach((value, i) =>
    check(near(first.truth[i], value, 1e-3), `truth of epoch ${i}: ${first.truth[i]}, in tm.h5 ${value}`),
  );
  expected.median.forEach((value, i) =>
    check(near(first.median[i], value, 0.024), `median of epoch ${i}: ${first.median[i]}, in tm.h5 ${value}`),
  );
  await page.selectOption("#pair", "1");
  await settle(page);
  check((await median(page)).median[5] !== first.median[5], "another OD pair has the same fan");
  check((await drawing(page, "fan")) !== before, "another OD pair is drawn alike");
}

async function focusable(page) {
  await page.evaluate(() => {
    document.activeElement.blur();
    scrollTo(0, 0);
  });
  const ids = [];
  for (let i = 0; i < 120; i++) {
    await page.keyboard.press("Tab");
    ids.push(await page.evaluate(() => document.activeElement.id || document.activeElement.tagName));
  }
  for (const id of [
    "theme",
    "policy",
    "play",
    "worst",
    "speed",
    "epoch",
    "mode",
    "link",
    "pair",
    "heat",
    "metric",
    "against",
    "SUMMARY",
  ])
    check(ids.includes(id), `Tab does not reach ${id}: ${ids.join(" ")}`);
}

async function keyboard(page) {
  await focusable(page);
  await page.focus("#epoch");
  await page.keyboard.press("Home");
  await showsEpoch(page, 0);
  await page.keyboard.press("ArrowRight");
  await showsEpoch(page, 1);
  await page.focus("#speed");
  await page.keyboard.press("End"); // the fastest
  await page.focus("#play");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => Number(document.getElementById("epoch").value) > 4, null, { timeout: wait });
  await page.keyboard.press("Enter");
  check((await page.textContent("#play")) === "Play", "Enter does not end the playing");
  const stopped = await epochOf(page);
  await page.focus("#policy");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowDown");
  check((await epochOf(page)) === stopped, "the epoch goes on after the end of the playing");
  await page.focus("#mlu summary");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelectorAll("#mlu tbody tr").length > 3, null, { timeout: wait });
  await page.focus("#theme");
  const before = await page.getAttribute("html", "data-theme");
  await page.keyboard.press("Enter");
  check((await page.getAttribute("html", "data-theme")) !== before, "the button does not change the colours");
}

async function tableEqualsFile(page) {
  const [head, ...rows] = readFileSync(
    `${run}/${await page.$eval("#policy", (box) => box.selectedOptions[0].textContent)}/epochs.csv`,
    "utf8",
  )
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  const names = await page.$$eval("#mlu thead th", (cells) => cells.map((cell) => cell.textContent));
  const column = names.findIndex((name) => name.startsWith(`${head && names[1].split(":")[0]}:`));
  const policy = names[column].split(":")[0];
  const [own, ...ownRows] = readFileSync(`${run}/${policy}/epochs.csv`, "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  const shown = await page.$$eval("#mlu tbody tr", (list, at) => list.map((row) => row.cells[at].textContent), column);
  check(shown.length === rows.length, `${shown.length} rows for ${rows.length} epochs`);
  shown.forEach((text, i) =>
    check(Math.abs(Number(text) - Number(ownRows[i][own.indexOf("mlu")])) < 1e-4, `MLU of epoch ${i}: ${text}`),
  );
}

async function names(page, hostile) {
  const options = await page.$$eval("#link option", (list) => list.map((option) => option.textContent));
  check(
    options.some((text) => text.includes(hostile)),
    `no link is of ${hostile}`,
  );
  check((await page.$$eval("img, b + script, iframe", (list) => list.length)) === 0, "a name has become an element");
}

async function axes(page) {
  const list = await page.evaluate(() => leadReportAxes()),
    without = list.filter(({ type, name }) => type !== "category" && !name);
  check(list.length > 20, `${list.length} axes only`);
  check(without.length === 0, `axes without a name: ${JSON.stringify(without)}`);
  const unit = /,|\(|epochs|density|MLU/; // a unit, or what has none
  check(
    list.every(({ type, name }) => type === "category" || unit.test(name)),
    `an axis without a unit: ${JSON.stringify(list)}`,
  );
}

async function narrow(page) {
  await unroll(page, 390);
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  check(width <= 390, `the page is ${width} px wide at 390 px`);
  const wide = await page.$$eval("main *, header *", (list) =>
    list
      .filter((element) => !element.closest(".scroll, pre, option, svg") && element.getBoundingClientRect().right > 391)
      .map((element) => element.outerHTML.slice(0, 120)),
  );
  check(wide.length === 0, `beyond the right edge: ${wide[0]}`);
}

// --- ---

async function look() {
  const expected = JSON.parse(readFileSync(expectedFile, "utf8"));
  const page = await open({ colorScheme: "light" });
  for (const [name, part] of Object.entries({
    numbers,
    anomalies,
    slider,
    click,
    worst,
    fan: (p) => fan(p, expected),
    keyboard,
    tableEqualsFile,
    names: (p) => names(p, expected.hostile),
  }))
    await part(page).catch((error) => {
      throw new Error(`${name}: ${error.message}`);
    });
  await unroll(page, 1280);
  await axes(page);
  check(
    (await page.evaluate(() => leadReportMissing())).every((text) => /^fallbacks: No lap/.test(text)),
    `panels without a chart: ${await page.evaluate(() => leadReportMissing())}`,
  );
  console.log(`opened in ${page.opened} ms`);
  await done(page);
  const dark = await open({ colorScheme: "dark", reducedMotion: "reduce", viewport: { width: 390, height: 844 } });
  check((await dark.getAttribute("html", "data-theme")) === "dark", "it is not dark where the system is");
  check((await dark.inputValue("#speed")) === "1", "reduced motion plays as fast");
  await narrow(dark);
  await done(dark);
}

async function picture() {
  for (const [width, height, colorScheme] of [
    [1280, 800, "light"],
    [1280, 800, "dark"],
    [390, 1560, "light"],
    [390, 1560, "dark"],
  ]) {
    const page = await open({ colorScheme, viewport: { width, height } });
    if (await page.$("#worst")) await page.click("#worst");
    if (!(await page.$(".chart"))) console.log(await page.textContent("main"));
    await settle(page);
    await page.screenshot({ path: `${screenshots}-${width}-${colorScheme}.png` });
    if (
      width === 1280 &&
      colorScheme === "light" &&
      (await page.evaluate(() => document.querySelector("#pair option") !== null))
    ) {
      await page.locator("#fan").scrollIntoViewIfNeeded();
      await page.selectOption("#fan select >> nth=1", "6");
      await settle(page);
      await page.locator("#fan").screenshot({ path: `${screenshots}-fan.png` });
    }
    await done(page);
  }
}

try {
  await (screenshots ? picture() : look());
} catch (error) {
  console.error(`${file}: ${error.message}`);
  process.exitCode = 1;
}
await browser.close();
