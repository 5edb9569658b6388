// One link over time; one stage's seconds; what laps fell back on.
import { anomalies, links, nameOf, of, times } from "./data.js";
import { clock, el, fill, number, percent, quantile, rate, select, table, tip } from "./dom.js";
import { bands, goTo, line, shown, timeTip, windowOf } from "./lines.js";
import { Panel, onChange, set, state } from "./panel.js";
import { axis, colours, grid, policyColour, timeAxis, tooltip } from "./theme.js";

export const windowSelect = () => {
  const { label, box } = select(
    "Time shown",
    [
      ["0", "whole run"],
      ["48", "2 days around now"],
      ["24", "1 day"],
      ["6", "6 h"],
      ["2", "2 h"],
    ],
    "0",
    (value) => set({ window: value }),
  );
  onChange(["window"], () => (box.value = state.window));
  return label;
};

const sizes = [
  [1e9, "Gbit/s"],
  [1e6, "Mbit/s"],
  [1e3, "kbit/s"],
  [0, "bit/s"],
];
export const unitOf = (most) => sizes.find(([least]) => most >= least).map((size) => size || 1);

// --- a link ---

export function linkPanel() {
  const { label, box } = select("Link", [], "0", (value) => set({ link: Number(value) }), "link");
  const options = () =>
    fill(
      box,
      state.run.network.links.map((_, e) => [String(e), nameOf(state.run, e)]),
      String(state.link),
    );
  onChange(["run", "link"], options);
  const read = async () => {
    const { run, policy, link } = state,
      loads = await links(run, policy);
    const of = (values) => values.subarray(link * loads.count, (link + 1) * loads.count);
    return {
      time: await times(policy),
      offered: of(loads.offered),
      carried: of(loads.carried),
      utilisation: of(loads.utilisation),
      capacity: of(loads.capacity),
    };
  };
  const pair = (time, values, size) => Array.from(values, (value, i) => [time[i], Number.isFinite(value) ? value / size : null]);
  const panel = new Panel({
    id: "link-series",
    title: "A link: what it is offered and what it carries",
    height: 320,
    deps: ["policy", "link", "window", "epochWindow"],
    controls: [label, windowSelect()],
    area: goTo,
    cursor: () => state.now,
    option: async () => {
      const { time, offered, carried, utilisation } = await read(),
        c = colours();
      const [size, unit] = unitOf(offered.reduce((most, value) => Math.max(most, value || 0), 0));
      panel.note.textContent = `${nameOf(state.run, state.link)} under ${state.policy.name}. Left: rates; right: utilisation, offered over capacity. Rates are rounded to one part in 16,384.`;
      return {
        grid: grid({ right: 58 }),
        xAxis: timeAxis(windowOf(time)),
        tooltip: timeTip((value) => number(value)),
        yAxis: [
          axis(`rate, ${unit}`, { min: 0 }),
          axis("utilisation, %", { min: 0, position: "right", nameGap: 40, splitLine: { show: false } }),
        ],
        series: [
          ...bands(state.run, time),
          line(`utilisation, %`, pair(time, utilisation, 0.01), 0, {
            yAxisIndex: 1,
            itemStyle: { color: c.faint },
            lineStyle: { color: c.faint, width: 1.2, type: [2, 2] },
          }),
          line(`offered, ${unit}`, pair(time, offered, size), 1, {
            lineStyle: { color: policyColour(1), type: "solid", width: 2.2 },
          }),
          line(`carried, ${unit}`, pair(time, carried, size), 0, {
            lineStyle: { color: policyColour(0), type: [6, 4], width: 2 },
          }),
        ],
      };
    },
    table: async () => {
      const { time, offered, carried, utilisation, capacity } = await read();
      return {
        columns: ["time (UTC)", "capacity, bit/s", "offered, bit/s", "carried, bit/s", "utilisation, %"],
        more: `${state.policy.name}/links.csv`,
        rows: Array.from(time, (ms, k) => [
          clock(ms),
          capacity[k],
          +number(offered[k]),
          +number(carried[k]),
          +(100 * utilisation[k]).toFixed(3),
        ]),
      };
    },
  });
  options();
  const c = () =>
    legend.replaceChildren(
      ...[
        ["offered", policyColour(1), "solid"],
        ["carried", policyColour(0), "dashed"],
        ["utilisation (right axis)", colours().faint, "dotted"],
      ].map(([text, colour, style]) =>
        el("span", {}, el("i", { style: `display:inline-block;width:24px;border-top:3px ${style} ${colour}` }), text),
      ),
    );
  const legend = el("div", { class: "legend" });
  c();
  onChange(["theme"], c);
  panel.section.insertBefore(legend, panel.details);
  return panel.section;
}

// --- seconds ---

const stages = [
  ["measure_s", "measure"],
  ["predict_s", "forecast"],
  ["te_s", "plan"],
  ["simulate_s", "simulate"],
];

export function secondsPanel() {
  const panel = new Panel({
    id: "seconds",
    title: "Seconds per stage",
    height: 280,
    deps: ["policy", "window"],
    area: goTo,
    cursor: () => state.now,
    note: "Wall clock of each epoch's stages under the policy chosen above; log scale.",
    option: async () => {
      const { policy } = state,
        time = await times(policy),
        list = [];
      for (const [k, [key, name]] of stages.entries()) {
        const values = await of(policy, key);
        if (values && values.some((value) => value > 0))
          list.push(
            line(
              name,
              Array.from(values, (value, i) => [time[i], value > 0 ? value : null]),
              k,
            ),
          );
      }
      return list.length
        ? {
            grid: grid({ left: 64 }),
            xAxis: timeAxis(windowOf(time)),
            yAxis: axis("wall clock, s", {
              type: "log",
              nameGap: 48,
              axisLabel: { color: colours().faint, fontSize: 11, formatter: (value) => number(value, 1) },
            }),
            tooltip: timeTip((value) => `${number(value, 3)} s`),
            series: list,
          }
        : { missing: "no timings.csv" };
    },
    table: async () => {
      const rows = [];
      for (const policy of state.run.policies)
        for (const [key, name] of stages) {
          const values = await of(policy, key);
          if (values)
            rows.push([
              policy.name,
              name,
              +number(values.reduce((a, b) => a + b, 0) / values.length, 3),
              +number(quantile(values, 0.95), 3),
              +number(quantile(values, 1), 3),
            ]);
        }
      return { columns: ["policy", "stage", "mean, s", "p95, s", "max, s"], rows };
    },
  });
  const legend = el("div", { class: "legend" });
  const draw = () =>
    legend.replaceChildren(
      ...stages.map(([, name], k) =>
        el("span", {}, el("i", { style: `display:inline-block;width:24px;border-top:3px solid ${policyColour(k)}` }), name),
      ),
    );
  draw();
  onChange(["theme"], draw);
  panel.section.insertBefore(legend, panel.details);
  return panel.section;
}

// --- fallbacks, suspects, gaps ---

const marks = [
  ["fallback", "triangle", 1],
  ["suspects", "diamond", 3],
  ["gaps", "circle", 0],
];

async function oddities(policy) {
  const time = await times(policy),
    [suspects, gaps] = [await of(policy, "suspects"), await of(policy, "gaps")];
  const list = policy.fallbacks.map(([row, what, why]) => ({ kind: 0, row, text: `${what}: ${policy.reasons[why]}` }));
  suspects?.forEach((count, row) => count > 0 && list.push({ kind: 1, row, text: `${count} values out of all proportion` }));
  gaps?.forEach((count, row) => count > 0 && list.push({ kind: 2, row, text: `${count} OD pairs without a count` }));
  return list.map((one) => ({ ...one, ms: time[one.row] }));
}

export function oddPanel() {
  const reasons = el("div");
  const panel = new Panel({
    id: "fallbacks",
    title: "Fallbacks, suspects and gaps",
    height: 220,
    deps: ["window"],
    cursor: () => state.now,
    note: "Epochs whose lap fell back (triangle), planned for values out of all proportion (diamond), or lacked counts (circle).",
    option: async () => {
      const { run } = state,
        time = await times(run.policies[0]),
        names = run.policies.map(({ name }) => name);
      const lists = await Promise.all(run.policies.map(oddities));
      reasons.replaceChildren(...reasonsOf(run, lists));
      if (lists.every((list) => !list.length))
        return { missing: "No lap fell back, no value was suspect, no counter was missing." };
      return {
        grid: grid({ left: 96 }),
        xAxis: timeAxis({ min: time[0], max: time[time.length - 1], ...windowOf(time) }),
        yAxis: axis("policy", {
          type: "category",
          data: names,
          inverse: true,
          nameGap: 80,
          axisLabel: { color: colours().faint, fontSize: 11, width: 70, overflow: "truncate" },
        }),
        tooltip: tooltip({ formatter: ({ value, data }) => tip(`${names[value[1]]}, ${clock(value[0])}`, [data.text]) }),
        series: marks.map(([name, symbol, colour], kind) => ({
          type: "scatter",
          name,
          symbol,
          symbolSize: 9,
          itemStyle: { color: policyColour(colour), opacity: 0.8 },
          data: lists.flatMap((list, i) =>
            list.filter((one) => one.kind === kind).map(({ ms, text }) => ({ value: [ms, i], text })),
          ),
        })),
      };
    },
    table: async () => ({
      columns: ["policy", "time (UTC)", "what", "why"],
      rows: (
        await Promise.all(
          state.run.policies.map(async (policy) =>
            (await oddities(policy)).map(({ kind, ms, text }) => [policy.name, clock(ms), marks[kind][0], text]),
          ),
        )
      ).flat(),
    }),
  });
  panel.section.insertBefore(reasons, panel.details);
  return panel.section;
}

// How often which reason.
function reasonsOf(run, lists) {
  const counts = new Map();
  lists.forEach((list, i) =>
    list
      .filter(({ kind }) => kind === 0)
      .forEach(({ text }) => {
        const key = JSON.stringify([run.policies[i].name, text]);
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }),
  );
  const rows = [...counts].map(([key, count]) => [...JSON.parse(key), count]).sort((a, b) => b[2] - a[2]);
  return rows.length ? [table({ columns: ["policy", "fell back on, and why", "epochs"], rows })] : [];
}

// --- anomalies ---

// A table of them; nothing where there is none.
export function anomaliesPanel() {
  const box = el("div"),
    section = el(
      "section",
      { id: "anomalies", "aria-label": "Anomalies" },
      el("h2", {}, "Anomalies"),
      el(
        "p",
        { class: "note" },
        "When the measured matrix was far from what the policy's forecast expected, and the smallest set of OD pairs that explains it. Size: what these sent above the forecast's medians, below 0 less.",
      ),
      box,
    );
  const draw = () => {
    const list = anomalies(state.run);
    section.hidden = !list.length;
    box.replaceChildren(
      table({
        columns: ["policy", "from (UTC)", "to (UTC)", "cause", "where", "size", "explained, %", "tail probability"],
        rows: list.map((one) => [
          one.policy,
          clock(one.from),
          one.open ? "the end of the run" : clock(one.to),
          one.cause,
          one.where,
          rate(one.size),
          +number(100 * one.explained, 3),
          +number(one.tail, 3),
        ]),
        more: "each policy's anomalies.csv",
      }),
    );
  };
  onChange(["run"], draw);
  draw();
  return section;
}
