// The page of `lead report`: what is on it, and the controls of its first screen.
import { all, links, of, times } from "./data.js";
import { clock, el, fill, number, select } from "./dom.js";
import { anomaliesPanel, linkPanel, oddPanel, secondsPanel } from "./details.js";
import { distribution, mlu, overTime } from "./lines.js";
import { map } from "./map.js";
import { calibrationPanels, fanPanel, heatPanels } from "./matrices.js";
import { onChange, set, state } from "./panel.js";
import { applyTheme, calm, isDark, onTheme, policyColour, policyDash, toggleTheme } from "./theme.js";
import { originPanel, summaryPanel, verdictPanel } from "./verdicts.js";
import { aboutWhatif, test, whatif } from "./whatif.js";

const main = document.getElementById("main");

// --- controls ---

function themeButton() {
  const button = el("button", { id: "theme", type: "button", onclick: toggleTheme });
  const say = () => (button.textContent = isDark() ? "Light colours" : "Dark colours");
  onTheme(() => {
    say();
    set({ theme: isDark() });
  });
  say();
  return button;
}

// The epochs after another, as many a second as is chosen; one a second at most where motion is to be reduced.
function player() {
  const speed = select(
    "Speed",
    [
      ["1", "1 epoch/s"],
      ["6", "6 epochs/s"],
      ["20", "20 epochs/s"],
      ["60", "60 epochs/s"],
    ],
    calm.matches ? "1" : "20",
    () => {},
    "speed",
  );
  const button = el("button", { id: "play", type: "button", onclick: () => (playing ? stop() : start()) }, "Play");
  let playing = false,
    begun = 0,
    first = 0;
  const stop = () => {
    playing = false;
    button.textContent = "Play";
  };
  const start = () => {
    playing = true;
    button.textContent = "Pause";
    first = state.epoch >= state.policy.epochs - 1 ? 0 : state.epoch;
    begun = performance.now();
    requestAnimationFrame(step);
  };
  const step = (now) => {
    if (!playing) return;
    const epoch = first + Math.floor(((now - begun) / 1000) * Number(speed.box.value));
    set({ epoch: Math.min(epoch, state.policy.epochs - 1) });
    if (epoch >= state.policy.epochs - 1) return stop();
    requestAnimationFrame(step);
  };
  onChange(["run"], stop);
  speed.box.addEventListener("change", () => {
    first = state.epoch;
    begun = performance.now();
  });
  return [button, speed.label];
}

function slider() {
  const range = el("input", {
    type: "range",
    id: "epoch",
    min: "0",
    value: "0",
    step: "1",
    "aria-label": "Epoch",
    oninput: () => set({ epoch: Number(range.value) }),
  });
  const now = el("output", { class: "now", for: "epoch", id: "now" });
  const say = async () => {
    const { policy, epoch } = state;
    const time = await times(policy),
      [own, over] = [await of(policy, "mlu"), await of(policy, "mlu_over_optimum")];
    if (policy !== state.policy || epoch !== state.epoch) return;
    range.max = String(policy.epochs - 1);
    range.value = String(epoch);
    now.textContent = `${clock(time[epoch])} UTC, epoch ${epoch}: MLU ${number(own?.[epoch], 3) || "–"}${Number.isFinite(over?.[epoch]) ? `, ${number(over[epoch], 4)} times the optimum` : ""}`;
    range.setAttribute("aria-valuetext", now.textContent);
  };
  onChange(["run", "policy", "epoch", "now"], say);
  say();
  return [range, now];
}

async function goToWorst() {
  const values = await of(state.policy, "mlu");
  let worst = 0;
  values?.forEach((value, i) => {
    if (value > (values[worst] || 0)) worst = i;
  });
  set({ epoch: worst });
}

// A button a policy: in the charts of all policies, or not.
function legend() {
  const box = el("div", { class: "controls", id: "legend", role: "group", "aria-label": "Policies in the charts" });
  const draw = () => {
    box.replaceChildren(
      ...state.run.policies.map((policy, i) => {
        const dash = policyDash(i),
          button = el("button", {
            type: "button",
            "aria-pressed": String(!state.hidden.has(i)),
            onclick: () => {
              const hidden = new Set(state.hidden);
              if (!hidden.delete(i)) hidden.add(i);
              set({ hidden });
              box.children[i].focus();
            },
          });
        const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
        for (const [key, value] of Object.entries({ width: 26, height: 10, "aria-hidden": "true" })) svg.setAttribute(key, value);
        for (const [y, dashes] of [
          [2, "none"],
          [8, dash === "solid" ? "none" : dash.join(" ")],
        ]) {
          // over time, and in distributions
          const stroke = document.createElementNS("http://www.w3.org/2000/svg", "line");
          for (const [key, value] of Object.entries({
            x1: 0,
            x2: 26,
            y1: y,
            y2: y,
            stroke: policyColour(i),
            "stroke-width": 2.4,
            "stroke-dasharray": dashes,
          }))
            stroke.setAttribute(key, value);
          svg.append(stroke);
        }
        button.append(svg, ` ${policy.name}`);
        return button;
      }),
    );
  };
  onChange(["run", "hidden", "theme"], draw);
  draw();
  return box;
}

// The time of the epoch is kept beside it: charts place their line by it.
async function follow() {
  const { policy, epoch } = state,
    time = await times(policy);
  const at = Math.min(epoch, policy.epochs - 1);
  if (policy === state.policy) set({ epoch: at, now: time[at], ...(state.window === "0" ? {} : { epochWindow: at }) });
}

// The link with the largest mean utilisation.
async function busiest(run, policy) {
  const { utilisation, count, m } = await links(run, policy);
  const mean = (e) => utilisation.subarray(e * count, (e + 1) * count).reduce((sum, value) => sum + (value || 0), 0);
  return Array.from({ length: m }, (_, e) => mean(e)).reduce((best, value, e, list) => (value > list[best] ? e : best), 0);
}

// The policy with the least MLU over optimum of those that forecast and do not know what comes; of all, where there is none.
function usual(run) {
  const all = run.summary.policies.filter(({ name }) => run.policies.some((policy) => policy.name === name)),
    forecasting = all.filter(({ forecast }) => forecast?.nrmse > 0);
  const over = (one) => one.mlu_over_optimum?.mean ?? Infinity;
  const best = (forecasting.length ? forecasting : all).reduce((a, b) => (over(b) < over(a) ? b : a));
  return run.policies.find(({ name }) => name === best.name);
}

async function choose(run) {
  const policy = run.policies.find(({ name }) => name === state.policy?.name) ?? usual(run);
  set({ run, policy, epoch: 0, now: 1000 * policy.start, link: 0, pair: 0, hidden: new Set() });
  const link = await busiest(run, policy);
  if (state.run === run) set({ link });
  await follow();
}

function head() {
  const { runs } = all,
    policy = select("Policy", [], "", (index) => set({ policy: state.run.policies[Number(index)] }), "policy");
  const options = () =>
    fill(
      policy.box,
      state.run.policies.map(({ name }, i) => [String(i), name]),
      String(state.run.policies.indexOf(state.policy)),
    );
  onChange(["run", "policy"], options);
  options();
  const title = () => {
    const { summary } = state.run,
      epochs = Math.max(...state.run.policies.map(({ epochs }) => epochs));
    document.title = `${summary.scenario}: lead report`;
    document.getElementById("title").textContent = summary.scenario;
    document.getElementById("subtitle").textContent =
      `${epochs} epochs from ${clock(1000 * state.policy.start)} UTC, ${summary.engine} engine, seed ${summary.seed}, ${state.run.network.nodes.length} nodes, ${state.run.network.links.length} links; ${state.run.folder}`;
  };
  onChange(["run"], title);
  title();
  const run = select(
    "Run",
    runs.map(({ folder, summary }, i) => [String(i), `${summary.scenario}, seed ${summary.seed} (${folder})`]),
    "0",
    (index) => choose(runs[Number(index)]),
    "run",
  );
  if (runs.length > 1) document.getElementById("top-controls").append(run.label);
  const [play, speed] = player(),
    [range, now] = slider();
  return el(
    "section",
    { id: "controls", "aria-label": "Time and policy" },
    el(
      "div",
      { class: "controls" },
      policy.label,
      play,
      el("button", { id: "worst", type: "button", onclick: goToWorst }, "Worst epoch"),
      speed,
      now,
    ),
    el("div", { class: "controls" }, range),
  );
}

// --- the page ---

function runPage() {
  const churn = {
    moved_fraction: { name: "moved_fraction", axis: "traffic moved, %", factor: 100 },
    links_changed: { name: "links_changed", axis: "links changed", factor: 1 },
  };
  const error = { nrmse: "forecast_nrmse", ncrps: "forecast_ncrps", coverage: "forecast_coverage_90" };
  const churnBy = select(
    "Show",
    [
      ["moved_fraction", "traffic moved"],
      ["links_changed", "links changed"],
    ],
    "moved_fraction",
    (value) => set({ churn: value }),
  );
  const errorBy = select(
    "Show",
    [
      ["nrmse", "NRMSE"],
      ["ncrps", "nCRPS"],
      ["coverage", "90 % coverage"],
    ],
    "nrmse",
    (value) => set({ error: value }),
  );
  main.append(
    head(),
    el("div", { class: "grid two" }, map(), mluWithLegend()),
    summaryPanel(),
    anomaliesPanel(),
    el(
      "div",
      { class: "grid three" },
      distribution({ id: "cdf-mlu", title: "MLU over optimum", columnName: "mlu_over_optimum", name: "MLU over optimum" })
        .section,
      distribution({
        id: "cdf-delay",
        title: "Delay",
        columnName: "delay_mean_s",
        name: "mean delay of an epoch, ms",
        factor: 1000,
      }).section,
      distribution({ id: "cdf-loss", title: "Loss", columnName: "loss_fraction", name: "loss, % of the bytes", factor: 100 })
        .section,
    ),
    el("div", { class: "grid" }, linkPanel()),
    el("div", { class: "grid two" }, ...heatPanels()),
    el("div", { class: "grid" }, fanPanel()),
    el("div", { class: "grid two" }, ...calibrationPanels()),
    el(
      "div",
      { class: "grid two" },
      overTime({
        id: "churn",
        title: "Churn",
        note: "What the routing of each epoch changed.",
        columnName: () => churn[state.churn],
        deps: ["churn"],
        controls: [churnBy.label],
      }).section,
      overTime({
        id: "error",
        title: "Forecast error",
        note: "Of each epoch's matrix, forecast before it.",
        columnName: () => ({
          name: error[state.error],
          axis: { nrmse: "NRMSE (RMSE / mean)", ncrps: "nCRPS (CRPS / mean)", coverage: "90 % coverage, %" }[state.error],
          factor: state.error === "coverage" ? 100 : 1,
        }),
        deps: ["error"],
        controls: [errorBy.label],
        none: "no policy makes a forecast",
      }).section,
    ),
    el("div", { class: "grid two" }, secondsPanel(), oddPanel()),
    el("div", { class: "grid" }, verdictPanel()),
    el("div", { class: "grid" }, originPanel()),
  );
}

function mluWithLegend() {
  const panel = mlu();
  panel.section.insertBefore(legend(), panel.box);
  return panel.section;
}

async function begin() {
  applyTheme();
  set({
    mode: "now",
    window: "0",
    heat: "mean",
    metric: "mlu_over_optimum",
    source: "0",
    churn: "moved_fraction",
    error: "nrmse",
  });
  document.getElementById("top-controls").append(themeButton());
  document.getElementById("footer").textContent =
    `Made by lead report, ns3-lead ${all.version}. Charts: Apache ECharts 6 (Apache License 2.0).`;
  const runs = all.runs.filter(({ policies }) => policies.length),
    first = runs[0];
  if (all.test) main.append(test());
  all.whatifs.forEach((data, i) => main.append(...whatif(data, i)));
  if (all.whatifs.length && !first) {
    const { title, text } = aboutWhatif(all.whatifs[0]);
    document.title = `${title}: lead report`;
    document.getElementById("title").textContent = title;
    document.getElementById("subtitle").textContent = text;
    document.getElementById("whatif-0").remove(); // it says the same
  }
  for (const { folder, policies, summary } of all.runs)
    if (!policies.length)
      main.append(
        el(
          "section",
          {},
          el("h2", {}, summary.scenario),
          el("p", {}, `No policy of ${folder} came to its end.`),
          ...(summary.failed ?? []).map(({ name, why }) => el("p", { class: "note" }, `${name}: ${why}`)),
        ),
      );
  if (!first) return;
  await choose(first);
  onChange(["policy", "epoch", "window"], follow);
  runPage();
}

begin().catch((error) => {
  main.append(el("p", { class: "missing", role: "alert" }, `This page could not be drawn: ${error.message}`));
  throw error;
});
