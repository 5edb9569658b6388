// Traffic matrices of tm.h5: heat maps, fans of forecasts, calibration.
import { forecast, missingH5, plane, spans, times, truth } from "./data.js";
import { clock, cut, el, fill, number, percent, rate, select, tip } from "./dom.js";
import { unitOf, windowSelect } from "./details.js";
import { bands, goTo, line, shown, timeTip, windowOf } from "./lines.js";
import { Panel, onChange, set, state } from "./panel.js";
import { axis, cividis, colours, grid, policyColour, timeAxis, tooltip } from "./theme.js";

const pairName = (run, p) => run.pairs.list[p].map((node) => run.pairs.nodes[node]).join(" → ");
const hasTruth = (run) => Boolean(run.pairs.truth);
const keptNote = (run) =>
  hasTruth(run)
    ? `The ${run.pairs.list.length} of ${run.pairs.all} OD pairs with the most traffic, ${percent(run.pairs.share)} of it; forecasts in 8 bits on a log scale of each pair.`
    : "";

// --- heat maps ---

// Values at one epoch of every pair.
const at = (values, run, epoch) => values && Float32Array.from(run.pairs.list, (_, p) => values[p * run.pairs.times + epoch]);

async function matrixOf(key) {
  const { run, policy, epoch } = state;
  if (!hasTruth(run)) return { missing: missingH5(policy) };
  const values =
    key === "true"
      ? await truth(run)
      : policy.matrices.missing
        ? null
        : await (key === "mean" ? forecast(run, policy, "mean") : plane(run, policy, key));
  if (!values)
    return {
      missing: policy.matrices.missing
        ? missingH5(policy)
        : `${policy.name} has no ${key === "mean" ? "forecast" : key} in its tm.h5`,
    };
  const all = await truth(run),
    now = at(all, run, epoch);
  if (!at(values, run, epoch).some(Number.isFinite))
    return { missing: `${policy.name} has no ${key === "mean" ? "forecast" : key} of this epoch` };
  return { values: at(values, run, epoch), most: now.reduce((a, b) => Math.max(a, b || 0), 1) };
}

function heatOption(run, { values, most }, what) {
  const c = colours(),
    names = run.pairs.nodes.map((name) => cut(name, 9)),
    top = Math.log10(most);
  const category = (name, more) =>
    axis(name, {
      type: "category",
      data: names,
      nameGap: 62,
      splitLine: { show: false },
      axisLabel: { color: c.faint, fontSize: 10, rotate: more.rotate, interval: names.length > 30 ? "auto" : 0 },
      ...more,
    });
  return {
    grid: { left: 84, right: 12, top: 8, bottom: 118, containLabel: false },
    xAxis: category("to (destination node)", { rotate: 60 }),
    yAxis: category("from (source node)", { rotate: 0, inverse: true, nameGap: 66 }),
    visualMap: {
      type: "continuous",
      dimension: 2,
      min: top - 3,
      max: top,
      calculable: false,
      orient: "horizontal",
      left: "center",
      bottom: 0,
      itemWidth: 12,
      itemHeight: 140,
      hoverLink: false,
      text: [rate(most), rate(most / 1000)],
      textStyle: { color: c.faint, fontSize: 11 },
      inRange: { color: cividis },
    },
    tooltip: tooltip({ formatter: ({ data }) => tip(pairName(run, data[3]), [`${what}: ${rate(data[4])}`]) }),
    series: [
      {
        type: "heatmap",
        itemStyle: { borderColor: c.paper, borderWidth: 1 },
        emphasis: { disabled: true },
        data: run.pairs.list.flatMap(([source, destination], p) =>
          Number.isFinite(values[p]) ? [[destination, source, Math.log10(Math.max(values[p], most / 1e3)), p, values[p]]] : [],
        ),
      },
    ],
  };
}

export function heatPanels() {
  const kind = select(
    "Right",
    [
      ["mean", "forecast (mean)"],
      ["measured", "measured"],
    ],
    "mean",
    (value) => set({ heat: value }),
    "heat",
  );
  const make = (id, title, key, controls) => {
    const panel = new Panel({
      id,
      title,
      height: 430,
      deps: ["policy", "epoch", "heat"],
      controls,
      option: async () => {
        const matrix = await matrixOf(key());
        panel.note.textContent = matrix.missing
          ? ""
          : `Epoch of ${clock(state.now)}. ${keptNote(state.run)} White: not among them.`.replace("White", "Empty");
        return matrix.missing ? matrix : heatOption(state.run, matrix, key() === "mean" ? "forecast" : key());
      },
      table: async () => {
        const { run } = state,
          [one, other] = [await matrixOf("true"), await matrixOf(state.heat)];
        if (one.missing) return one;
        return {
          columns: ["source", "destination", "true, bit/s", `${state.heat === "mean" ? "forecast" : "measured"}, bit/s`],
          more: "tm.h5",
          rows: run.pairs.list.map(([s, d], p) => [
            run.pairs.nodes[s],
            run.pairs.nodes[d],
            +number(one.values[p]),
            +number(other.values?.[p]),
          ]),
        };
      },
    });
    return panel.section;
  };
  return [
    make("tm-true", "Traffic matrix: true", () => "true", [el("label", {}, "What was sent; both matrices have the same colours.")]),
    make("tm-forecast", "Traffic matrix: forecast, or measured", () => state.heat, [kind.label]),
  ];
}

// --- fan ---

// An axis from 0 to the next round number, in at most five steps. (The bands are no series whose largest value ECharts knows.)
function upTo(most) {
  if (!(most > 0)) return { min: 0, max: 1 };
  const size = 10 ** Math.floor(Math.log10(most / 5));
  const interval = size * [1, 2, 2.5, 5, 10].find((factor) => most / (factor * size) <= 5);
  return { min: 0, max: Math.ceil(most / interval) * interval, interval };
}

const shades = [
  [0, 6, 0.16, "95 %"],
  [1, 5, 0.24, "80 %"],
  [2, 4, 0.36, "50 %"],
];

export function fanPanel() {
  const { label, box } = select("OD pair", [], "0", (value) => set({ pair: Number(value) }), "pair");
  const options = () =>
    fill(
      box,
      (state.run.pairs.list ?? []).map((_, p) => [String(p), pairName(state.run, p)]),
      String(state.pair),
    );
  onChange(["run", "pair"], options);
  options();
  const read = async () => {
    const { run, policy, pair } = state;
    if (!hasTruth(run) || policy.matrices.missing) return { missing: missingH5(policy) };
    const n = run.pairs.times,
      of = (values) => values && values.subarray(pair * n, (pair + 1) * n);
    const mean = await forecast(run, policy, "mean"),
      fan = await Promise.all([0, 1, 2, 3, 4, 5, 6].map((k) => forecast(run, policy, k)));
    if (!mean || !of(mean).some(Number.isFinite)) return { missing: `${policy.name} makes no forecast: choose another policy` };
    return {
      time: await times(policy),
      truth: of(await truth(run)),
      mean: of(mean),
      fan: fan[0] && of(fan[0]).some(Number.isFinite) && fan.map(of),
    };
  };
  const panel = new Panel({
    id: "fan",
    title: "Forecast fan of an OD pair",
    height: 340,
    deps: ["policy", "pair", "window", "fanWindow"],
    controls: [label, windowSelect()],
    area: goTo,
    cursor: () => state.now,
    option: async () => {
      const data = await read(),
        { run, policy } = state;
      panel.data = data;
      panel.note.textContent = data.missing
        ? ""
        : `${pairName(run, state.pair)} under ${policy.name}: quantiles of the samples for each epoch, made before it. ${keptNote(run)}${data.fan ? "" : " One sample has no quantiles."}`;
      if (data.missing) return data;
      const range = windowOf(data.time),
        inside = (i) => !range.min || (data.time[i] >= range.min && data.time[i] <= range.max);
      const most = [data.truth, data.mean, ...(data.fan ? [data.fan[6]] : [])].reduce(
        (top, values) => values.reduce((a, b, i) => (inside(i) && b > a ? b : a), top),
        0,
      );
      const [size, unit] = unitOf(most),
        c = colours();
      const points = (values) => Array.from(values, (value, i) => [data.time[i], Number.isFinite(value) ? value / size : null]);
      return {
        grid: grid(),
        xAxis: timeAxis({ min: data.time[0], max: data.time[data.time.length - 1], ...range }),
        yAxis: axis(`traffic, ${unit}`, upTo(most / size)),
        tooltip: timeTip((value) => `${number(value)} ${unit}`),
        series: [
          ...(data.fan
            ? shades.map(([low, high, opacity, text]) =>
                band(`${text} of the samples`, data.time, data.fan[low], data.fan[high], size, opacity),
              )
            : []),
          line("forecast, mean", points(data.mean), 0, { lineStyle: { color: policyColour(0), width: 1.4, type: [6, 3] } }),
          line("true", points(data.truth), 1, {
            lineStyle: { color: c.ink, width: 1.8, type: "solid" },
            itemStyle: { color: c.ink },
          }),
        ],
      };
    },
    table: async () => {
      const data = await read();
      if (data.missing) return data;
      const levels = ["2.5 %", "10 %", "25 %", "50 %", "75 %", "90 %", "97.5 %"];
      return {
        columns: ["time (UTC)", "true, bit/s", "mean, bit/s", ...(data.fan ? levels.map((text) => `${text}, bit/s`) : [])],
        more: `${state.policy.name}/tm.h5`,
        rows: Array.from(data.time, (ms, i) => [
          clock(ms),
          +number(data.truth[i]),
          +number(data.mean[i]),
          ...(data.fan ?? []).map((values) => +number(values[i], 3)),
        ]),
      };
    },
  });
  globalThis.leadReportFan = () =>
    panel.data?.fan && { median: Array.from(panel.data.fan[3]), truth: Array.from(panel.data.truth) }; // tests look at it
  const legend = el("div", { class: "legend" });
  const draw = () =>
    legend.replaceChildren(
      ...shades.map(([, , opacity, text]) =>
        el(
          "span",
          {},
          el("i", {
            style: `display:inline-block;width:18px;height:12px;background:${policyColour(0)};opacity:${opacity + 0.15}`,
          }),
          text,
        ),
      ),
      el("span", {}, el("i", { style: `display:inline-block;width:24px;border-top:2px dashed ${policyColour(0)}` }), "mean"),
      el("span", {}, el("i", { style: `display:inline-block;width:24px;border-top:2px solid ${colours().ink}` }), "true"),
    );
  draw();
  onChange(["theme"], draw);
  panel.section.insertBefore(legend, panel.details);
  return panel.section;
}

// The area between two quantiles, in pieces where there is no forecast.
function band(name, time, low, high, size, opacity) {
  const pieces = [];
  for (let i = 0, open = null; i < time.length; i++) {
    if (!Number.isFinite(low[i]) || !Number.isFinite(high[i])) open = null;
    else if (open) open[1] = i;
    else pieces.push((open = [i, i]));
  }
  return {
    name,
    type: "custom",
    silent: true,
    tooltip: { show: false },
    clip: true,
    data: pieces.length ? pieces.map(([from, to]) => [time[from], time[to]]) : [],
    encode: { x: [0, 1] },
    renderItem: ({ dataIndex }, api) => {
      const [from, to] = pieces[dataIndex],
        up = [],
        down = [];
      for (let i = from; i <= to; i++) {
        up.push(api.coord([time[i], high[i] / size]));
        down.push(api.coord([time[i], low[i] / size]));
      }
      return { type: "polygon", shape: { points: [...up, ...down.reverse()] }, style: { fill: policyColour(0), opacity } };
    },
  };
}

// --- calibration ---

const calibrated = (run) => shown(run).filter(({ policy }) => policy.matrices.calibration?.count > 0);

const noCalibration = (run) =>
  hasTruth(run) ? "no policy has quantiles in its tm.h5, or all that have are hidden" : missingH5(run.policies[0]);

export function calibrationPanels() {
  const rows = (run) =>
    calibrated(run).flatMap(
      ({
        policy: {
          name,
          matrices: { calibration: c },
        },
      }) => c.levels.map((level, k) => [name, +(100 * level).toFixed(1), +((100 * c.below[k]) / c.count).toFixed(2), c.count]),
    );
  const table = async () =>
    calibrated(state.run).length
      ? { columns: ["policy", "quantile, %", "truth at most it, % of the epochs and pairs", "of"], rows: rows(state.run) }
      : { missing: noCalibration(state.run) };
  const reliability = new Panel({
    id: "reliability",
    title: "Reliability",
    note: "How often the truth is at most a quantile of the forecast; on the diagonal: as often as it says.",
    height: 300,
    deps: ["hidden"],
    keys: true,
    table,
    option: async () => {
      const list = calibrated(state.run),
        c = colours();
      if (!list.length) return { missing: noCalibration(state.run) };
      return {
        grid: grid({ left: 54 }),
        xAxis: axis("quantile, %", { min: 0, max: 100, nameGap: 28 }),
        yAxis: axis("truth at most it, %", { min: 0, max: 100, nameGap: 36 }),
        tooltip: tooltip({
          formatter: ({ seriesName, value }) =>
            tip(seriesName, [`quantile ${number(value[0])} %`, `truth at most it: ${number(value[1])} %`]),
        }),
        series: [
          line(
            "as it should be",
            [
              [0, 0],
              [100, 100],
            ],
            0,
            { lineStyle: { color: c.faint, width: 1, type: "solid" }, showSymbol: false },
          ),
          ...list.map(({ policy, i }) =>
            line(
              policy.name,
              policy.matrices.calibration.levels.map((level, k) => [
                100 * level,
                (100 * policy.matrices.calibration.below[k]) / policy.matrices.calibration.count,
              ]),
              i,
              { showSymbol: true, symbol: "circle", sampling: undefined },
            ),
          ),
        ],
      };
    },
  });
  const pit = new Panel({
    id: "pit",
    title: "PIT histogram",
    note: "Where the truth falls among the quantiles, as a density: 1 everywhere is calibrated; ends high: too narrow; middle high: too wide.",
    height: 300,
    deps: ["hidden"],
    keys: true,
    table,
    option: async () => {
      const list = calibrated(state.run),
        c = colours();
      if (!list.length) return { missing: noCalibration(state.run) };
      return {
        grid: grid({ left: 54 }),
        xAxis: axis("probability integral transform, %", { min: 0, max: 100, nameGap: 28 }),
        yAxis: axis("density (1: calibrated)", { min: 0, nameGap: 36 }),
        tooltip: tooltip({
          formatter: ({ seriesName, value }) => tip(seriesName, [`density ${number(value[1])} from ${number(value[0])} % on`]),
        }),
        series: [
          line(
            "calibrated",
            [
              [0, 1],
              [100, 1],
            ],
            0,
            { lineStyle: { color: c.faint, width: 1, type: "solid" }, showSymbol: false },
          ),
          ...list.map(({ policy, i }) => {
            const { levels, below, count } = policy.matrices.calibration,
              edges = [0, ...levels, 1],
              heights = [];
            for (let k = 0; k + 1 < edges.length; k++)
              heights.push(((below[k] ?? count) - (k ? below[k - 1] : 0)) / count / (edges[k + 1] - edges[k]));
            return line(
              policy.name,
              [...heights.map((height, k) => [100 * edges[k], height]), [100, heights[heights.length - 1]]],
              i,
              { step: "end", showSymbol: false, sampling: undefined },
            );
          }),
        ],
      };
    },
  });
  return [reliability.section, pit.section];
}
