// Numbers of the whole run: summary, comparisons, where it comes from.
import { cut, el, fill, number, select, table, tip } from "./dom.js";
import { Panel, onChange, set, state } from "./panel.js";
import { axis, colours, grid, policyColour, tooltip } from "./theme.js";

// --- summary ---

const columns = [
  ["MLU over optimum, mean", (p) => p.mlu_over_optimum?.mean],
  ["its p99", (p) => p.mlu_over_optimum?.p99],
  ["its max", (p) => p.mlu_over_optimum?.max],
  ["MLU, mean", (p) => p.mlu?.mean],
  ["MLU, p99", (p) => p.mlu?.p99],
  ["loss, %", (p) => p.loss_fraction, 100],
  ["delay, mean, ms", (p) => p.delay_s?.mean, 1000],
  ["delay, p99, ms", (p) => p.delay_s?.p99, 1000],
  ["moved, %", (p) => p.route_changes?.split_moved_fraction, 100],
  ["forecast NRMSE", (p) => p.forecast?.nrmse],
  ["forecast nCRPS", (p) => p.forecast?.ncrps],
  ["90 % coverage, %", (p) => p.forecast?.coverage_90, 100],
  ["fallbacks, epochs", (p) => p.fallbacks],
  ["suspects, epochs", (p) => p.suspects],
  ["gaps, epochs", (p) => p.gap_epochs],
  ["OD pairs without a count, mean", (p) => p.gap_pairs],
];

export function summaryPanel() {
  const box = el("div"),
    failed = el("div");
  const draw = () => {
    const { summary } = state.run;
    box.replaceChildren(
      table(
        {
          columns: ["policy", ...columns.map(([name]) => name)],
          rows: summary.policies.map((p) => [
            p.name,
            ...columns.map(([, get, factor = 1]) =>
              typeof get(p) === "number" ? Number((get(p) * factor).toPrecision(5)) : null,
            ),
          ]),
        },
        true,
      ),
    );
    failed.replaceChildren(
      ...(summary.failed ?? []).map(({ name, why }) => el("p", { class: "note" }, `${name} did not come to its end: ${why}`)),
    );
  };
  onChange(["run"], draw);
  draw();
  return el(
    "section",
    { id: "summary", "aria-label": "Summary" },
    el("h2", {}, "Summary"),
    el(
      "p",
      { class: "note" },
      "summary.json, over all epochs. MLU: largest link's offered load over capacity; optimum: the least that any routing can reach.",
    ),
    box,
    failed,
  );
}

// --- comparisons ---

const sourceOf = (run, key) => (key === "first" ? run.verdicts_with_first : (run.verdicts[Number(key)] ?? run.verdicts[0]));

export function verdictPanel() {
  const metrics = ["mlu_over_optimum", "mlu", "loss_fraction", "delay_mean_s", "moved_fraction"];
  const metric = select(
    "Metric",
    metrics.map((name) => [name, name]),
    metrics[0],
    (value) => set({ metric: value }),
    "metric",
  );
  const source = select("Against", [], "0", (value) => set({ source: value }), "against");
  const options = () => {
    const { run } = state;
    fill(
      source.box,
      [
        ...run.verdicts.map(({ against }, i) => [String(i), against]),
        ...(run.verdicts_with_first ? [["first", "the first run, same policy"]] : []),
      ],
      state.source,
    );
    if (!source.box.value) set({ source: (source.box.value = "0") });
  };
  onChange(["run"], options);
  const names = (row) => (state.source === "first" ? row.policy_b : row.policy_b);
  const verdicts = () => sourceOf(state.run, state.source) ?? { rows: [], missing: "this is the first run on the page" };
  const relative = (row, value) => (100 * value) / Math.abs(row.a);
  const panel = new Panel({
    id: "verdicts",
    title: "Comparison, and what of it is chance",
    height: 300,
    deps: ["metric", "source"],
    controls: [metric.label, source.label],
    option: async () => {
      const { rows, missing, confidence, effect, epochs } = verdicts(),
        c = colours();
      panel.note.textContent = missing
        ? ""
        : `As lead compare says it: difference of the mean over ${epochs} epochs with its ${number(100 * confidence)} % interval, below 0 is better; verdicts after Holm's correction, smallest effect of interest ${number(100 * effect)} %. Too few epochs: neither a difference nor none is sure after that correction, even where a row's own interval leaves 0 out.`;
      const list = rows.filter(
        (row) => row.metric === state.metric && row.statistic === "mean" && row.a !== 0 && row.difference !== null,
      );
      if (!list.length) return { missing: missing ?? "nothing to compare of this metric" };
      const narrow = panel.box.clientWidth < 520,
        left = narrow ? 120 : 190;
      return {
        grid: grid({ left, bottom: 48 }),
        xAxis: axis(`difference, % of ${state.source === "first" ? "the first run" : rows[0].policy_a}`, { nameGap: 28 }),
        yAxis: axis("", {
          type: "category",
          inverse: true,
          data: list.map((row) => `${cut(names(row), 24)}\n${row.verdict}`),
          splitLine: { show: false },
          axisLabel: { color: c.ink, fontSize: 12, lineHeight: 15, width: left - 14, overflow: "break", interval: 0 },
        }),
        tooltip: tooltip({
          formatter: ({ dataIndex }) =>
            list[dataIndex]
              ? tip(names(list[dataIndex]), [
                  `${number(relative(list[dataIndex], list[dataIndex].difference), 3)} %, ${number(relative(list[dataIndex], list[dataIndex].low), 3)} to ${number(relative(list[dataIndex], list[dataIndex].high), 3)} %`,
                  list[dataIndex].verdict,
                ])
              : "",
        }),
        series: [
          {
            type: "line",
            silent: true,
            data: [
              [0, 0],
              [0, list.length - 1],
            ],
            showSymbol: false,
            lineStyle: { color: c.faint, width: 1, type: [3, 3] },
          },
          {
            type: "custom",
            encode: { x: [1, 2], y: 0 },
            data: list.map((row, i) => [i, relative(row, row.low ?? row.difference), relative(row, row.high ?? row.difference)]),
            renderItem: (params, api) => {
              const [x0, y] = api.coord([api.value(1), api.value(0)]),
                [x1] = api.coord([api.value(2), api.value(0)]),
                stroke = c.ink;
              const bar = (x) => ({
                type: "line",
                shape: { x1: x, x2: x, y1: y - 6, y2: y + 6 },
                style: { stroke, lineWidth: 2 },
              });
              return {
                type: "group",
                children: [
                  { type: "line", shape: { x1: x0, x2: x1, y1: y, y2: y }, style: { stroke, lineWidth: 2 } },
                  bar(x0),
                  bar(x1),
                ],
              };
            },
          },
          {
            type: "scatter",
            symbolSize: 11,
            data: list.map((row, i) => ({
              value: [relative(row, row.difference), i],
              itemStyle: {
                color: row.verdict === "better" ? policyColour(0) : row.verdict === "worse" ? policyColour(1) : c.faint,
                borderColor: c.paper,
                borderWidth: 1,
              },
            })),
          },
        ],
      };
    },
    table: async () => {
      const { rows, missing } = verdicts();
      if (!rows.length) return { missing: missing ?? "nothing to compare" };
      return {
        columns: ["A", "B", "metric", "statistic", "A's", "B's", "B − A", "low", "high", "p (Holm)", "verdict"],
        rows: rows.map((r) => [
          r.policy_a,
          r.policy_b,
          r.metric,
          r.statistic,
          ...[r.a, r.b, r.difference, r.low, r.high, r.p_holm].map((v) => (v === null ? null : +number(v))),
          r.verdict,
        ]),
      };
    },
  });
  options();
  return panel.section;
}

// --- origin ---

export function originPanel() {
  const box = el("div");
  const draw = () => {
    const { run } = state,
      files = run.files.map((file) => [file.what, file.path, file.sha256 ?? file.missing]);
    box.replaceChildren(
      el(
        "p",
        {},
        `Scenario ${run.summary.scenario}, engine ${run.summary.engine}, seed ${run.summary.seed}, build ${run.summary.build}. Folder ${run.folder}.`,
      ),
      files.length
        ? table({ columns: ["file", "path", "SHA-256"], rows: files }, true)
        : el("p", { class: "note" }, run.files_missing ?? "The scenario names no files."),
      el(
        "details",
        {},
        el("summary", {}, "The scenario, with all defaults filled in"),
        el("pre", { tabindex: "0" }, run.scenario ?? "there is no scenario.yaml"),
      ),
    );
  };
  onChange(["run"], draw);
  draw();
  return el(
    "section",
    { id: "origin", "aria-label": "Where it comes from" },
    el("h2", {}, "Where it comes from"),
    el("p", { class: "note" }, "The files are hashed when the report is made, not when the run is."),
    box,
  );
}
