// Charts of several policies: lines over time, and distributions.
import { anomalies, of, spans, times } from "./data.js";
import { clock, number, tip } from "./dom.js";
import { Panel, set, state } from "./panel.js";
import { axis, colours, grid, policyColour, policyDash, timeAxis, tooltip } from "./theme.js";

export const shown = (run) => run.policies.map((policy, i) => ({ policy, i })).filter(({ i }) => !state.hidden.has(i));

// The part of the time axis that a select asks for: all of it, or so many hours around now.
export function windowOf(time) {
  const hours = Number(state.window);
  if (!hours) return {};
  const half = hours * 1.8e6,
    last = time[time.length - 1],
    first = time[0];
  const begin = Math.max(first, Math.min(time[state.epoch] - half, last - 2 * half));
  return { min: begin, max: Math.min(last, begin + 2 * half) };
}

const points = (time, values, factor = 1) =>
  Array.from(values, (value, i) => [time[i], Number.isFinite(value) ? value * factor : null]);

export const line = (name, data, i, more = {}) => ({
  name,
  type: "line",
  data,
  showSymbol: data.length < 3,
  symbolSize: 5,
  connectNulls: false,
  sampling: "minmax",
  itemStyle: { color: policyColour(i) },
  lineStyle: { color: policyColour(i), width: 1.5, ...(data.length > 600 ? { width: 1.1 } : {}) },
  emphasis: { disabled: true },
  ...more,
});

// Spans of events as bands behind the lines.
export function bands(run, time) {
  const c = colours(),
    list = spans(run),
    end = time[time.length - 1];
  if (!list.length) return [];
  return [
    {
      type: "custom",
      name: "events",
      silent: true,
      z: 0,
      encode: { x: [0, 1] },
      tooltip: { show: false },
      data: list.map((span) => [span.from, Math.min(span.to, end), span.down ? 1 : span.burst ? 2 : 0]),
      renderItem: (params, api) => {
        const { x, y, width, height } = params.coordSys;
        const from = Math.max(x, Math.min(x + width, api.coord([api.value(0), 0])[0])),
          to = Math.max(from, Math.min(x + width, api.coord([api.value(1), 0])[0]));
        if (from >= x + width || to <= x) return null;
        const kind = api.value(2);
        return {
          type: "rect",
          shape: { x: from, y, width: Math.max(2, to - from), height },
          style: { fill: kind === 2 ? c.burst : kind === 1 ? c.cursor : c.faint, opacity: 0.14 },
        };
      },
    },
  ];
}

// Anomalies as strokes on the time axis, in the colour of the policy whose forecast was surprised, one row a policy that has any.
function strokes(run) {
  const list = anomalies(run).filter(({ i }) => !state.hidden.has(i)),
    rows = [...new Set(list.map(({ i }) => i))];
  if (!list.length) return [];
  return [
    {
      type: "custom",
      name: "anomalies",
      silent: true,
      z: 3,
      encode: { x: [0, 1] },
      tooltip: { show: false },
      data: list.map(({ from, to }) => [from, to]), // a third number would be one of the vertical axis
      renderItem: (params, api) => {
        const { x, y, width, height } = params.coordSys,
          { i } = list[params.dataIndex];
        const from = Math.max(x, api.coord([api.value(0), 0])[0]),
          to = Math.min(x + width, api.coord([api.value(1), 0])[0]);
        if (from >= x + width || to <= x) return null;
        return {
          type: "rect",
          shape: { x: from, y: y + height - 7 * (rows.indexOf(i) + 1), width: Math.max(3, to - from), height: 5 },
          style: { fill: policyColour(i) },
        };
      },
    },
  ];
}

const nearest = (time, ms) => {
  let best = 0;
  for (let i = 1; i < time.length; i++) if (Math.abs(time[i] - ms) < Math.abs(time[best] - ms)) best = i;
  return best;
};

// The epoch at a click in a chart over time.
export const goTo = async ([ms]) => set({ epoch: nearest(await times(state.policy), ms) });

export const timeTip = (format) =>
  tooltip({
    trigger: "axis",
    formatter: (list) => {
      const rows = list.filter(({ value }) => value && Number.isFinite(value[1]));
      return rows.length
        ? tip(
            clock(rows[0].value[0]),
            rows.map(({ seriesName, value }) => `${seriesName}: ${format(value[1])}`),
          )
        : "";
    },
  });

// A panel of one column of epochs.csv over time, all policies. `unit`: of the axis; `factor`: from the file's unit.
export function overTime({
  id,
  title,
  note,
  columnName,
  name,
  factor = 1,
  height = 280,
  extra = async () => [],
  controls = [],
  deps = [],
  log,
  none = "there are no values",
}) {
  const column = () => (typeof columnName === "function" ? columnName() : columnName);
  const read = async () => {
    const { run } = state,
      key = column();
    const list = await Promise.all(
      run.policies.map(async (policy, i) => ({
        policy,
        i,
        time: await times(policy),
        values: await of(policy, key.name ?? key),
      })),
    );
    return list.filter(({ values }) => values);
  };
  const text = () => column().axis ?? name,
    times100 = () => column().factor ?? factor;
  return new Panel({
    id,
    title,
    note,
    controls,
    height,
    deps: ["hidden", "window", ...deps],
    keys: id !== "mlu", // which has buttons
    area: goTo,
    cursor: () => state.now,
    option: async () => {
      const { run } = state,
        list = await read();
      if (!list.length) return { missing: none };
      const time = list[0].time;
      return {
        grid: grid(),
        tooltip: timeTip((value) => number(value)),
        xAxis: timeAxis(windowOf(time)),
        yAxis: axis(text(), { type: log ? "log" : "value", scale: true }),
        series: [
          ...bands(run, time),
          ...list
            .filter(({ i }) => !state.hidden.has(i))
            .map(({ policy, i, time: own, values }) => line(policy.name, points(own, values, times100()), i)),
          ...(await extra()),
        ],
      };
    },
    table: async () => {
      const list = await read();
      if (!list.length) return { missing: none };
      return {
        columns: ["time (UTC)", ...list.map(({ policy }) => `${policy.name}: ${text()}`)],
        more: "each policy's epochs.csv",
        rows: Array.from(list[0].time, (ms, k) => [
          clock(ms),
          ...list.map(({ values }) => +number((values[k] ?? NaN) * times100(), 5)),
        ]),
      };
    },
  });
}

// MLU of all policies and the optimum.
export function mlu() {
  const panel = overTime({
    id: "mlu",
    title: "MLU over time",
    note: "Largest link's offered load over capacity, per epoch; dotted: the least that any routing can reach. Shaded: events. Strokes on the axis: anomalies. A click goes to that epoch.",
    columnName: "mlu",
    name: "MLU (offered load / capacity)",
    height: 400,
    extra: async () => {
      const policy = state.policy,
        time = await times(policy),
        optimum = await of(policy, "optimum"),
        c = colours(),
        marks = strokes(state.run);
      return optimum
        ? [
            ...marks,
            line("optimum", points(time, optimum), 0, {
              itemStyle: { color: c.ink },
              lineStyle: { color: c.ink, type: [2, 3], width: 1.6 },
            }),
          ]
        : marks;
    },
    deps: ["policy"],
  });
  globalThis.leadReportStrokes = () =>
    panel.chart?.getOption().series.find(({ name }) => name === "anomalies")?.data.length ?? 0; // tests look at it
  return panel;
}

// Of a column the part of the epochs with at most so much.
export function distribution({ id, title, columnName, name, factor = 1 }) {
  const read = async () => {
    const list = [];
    for (const { policy, i } of shown(state.run)) {
      const values = await of(policy, columnName);
      const sorted = values && Float64Array.from(values).filter(Number.isFinite).sort();
      if (sorted?.length) list.push({ policy, i, sorted });
    }
    return list;
  };
  const at = (sorted, q) => number(factor * sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]);
  return new Panel({
    id,
    title,
    height: 260,
    deps: ["hidden"],
    keys: "dashed",
    option: async () => {
      const list = await read();
      if (!list.length) return { missing: "there are no values" };
      return {
        grid: grid({ left: 52 }),
        xAxis: axis(name, {
          nameGap: 28,
          splitNumber: 4,
          ...(list.every(({ sorted }) => sorted[sorted.length - 1] === 0) ? { min: 0, max: 1, interval: 0.25 } : { scale: true }),
        }),
        yAxis: axis("share of epochs, %", { min: 0, max: 100, nameGap: 36 }),
        tooltip: tooltip({
          trigger: "item",
          formatter: ({ seriesName, value }) =>
            tip(seriesName, [`${number(value[1], 3)} % of the epochs: at most ${number(value[0])}`]),
        }),
        series: list.map(({ policy, i, sorted }) => {
          const same = sorted[0] === sorted[sorted.length - 1],
            few = Math.max(1, Math.floor(sorted.length / 500)),
            data = same ? [[sorted[0] * factor, 0]] : [];
          for (let k = 0; k < sorted.length; k += few) data.push([sorted[k] * factor, (100 * (k + 1)) / sorted.length]);
          data.push([sorted[sorted.length - 1] * factor, 100]);
          return line(policy.name, data, i, {
            lineStyle: { color: policyColour(i), type: policyDash(i), width: 2 },
            step: "end",
            sampling: undefined,
            showSymbol: false,
          });
        }),
      };
    },
    table: async () => ({
      columns: ["policy", "p5", "p25", "p50", "p75", "p95", "p99", "max"].map((text, i) => (i ? `${text}, ${name}` : text)),
      rows: (await read()).map(({ policy, sorted }) => [
        policy.name,
        ...[0.05, 0.25, 0.5, 0.75, 0.95, 0.99].map((q) => +at(sorted, q)),
        +number(factor * sorted[sorted.length - 1]),
      ]),
    }),
  });
}
