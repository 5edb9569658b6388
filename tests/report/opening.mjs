// How long a page of `lead report` takes to open in a headless Chromium over file://, and how long a frame is while it plays. Prints
// "SECONDS MILLISECONDS": the median of five openings, and the median frame of 200 at 60 epochs a second; "-" where nothing plays.
// Usage: node opening.mjs PAGE
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const program = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => existsSync(path));
const browser = await chromium.launch({ executablePath: program, args: process.getuid() === 0 ? ["--no-sandbox"] : [] });
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

async function open() {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const begun = performance.now();
  await page.goto(`file://${process.argv[2]}`);
  await page.waitForFunction(() => globalThis.leadReportIdle?.() && document.querySelector("canvas"), null, { timeout: 60000 });
  return { page, seconds: (performance.now() - begun) / 1000 };
}

// Milliseconds between 200 frames.
const frames = (page) =>
  page.evaluate(
    () =>
      new Promise((done) => {
        const times = [];
        const step = (time) => (times.push(time) > 200 ? done(times.slice(1).map((t, i) => t - times[i])) : requestAnimationFrame(step));
        requestAnimationFrame(step);
      }),
  );

async function play(page) {
  const speeds = await page.$$eval("#speed option", (list) => list.map((one) => Number(one.value)));
  await page.selectOption("#speed", String(Math.max(...speeds.filter((speed) => speed <= 60))));
  await page.click("#play");
  return median(await frames(page));
}

const seconds = [];
let frame = "-";
for (let i = 0; i < 5; i++) {
  const opened = await open();
  seconds.push(opened.seconds);
  if (i === 4 && (await opened.page.$("#play"))) frame = (await play(opened.page)).toFixed(1);
  await opened.page.context().close();
}
console.log(median(seconds).toFixed(2), frame);
await browser.close();
