// What-if: the variants of each policy, the worst first, and the links and nodes whose failure is the worst.
import { all } from "./data.js";
import { el, number, percent, select, table, tip } from "./dom.js";
import { loadLegend, mapSeries } from "./map.js";
import { Panel, set, state } from "./panel.js";
import { axis, colours, grid, policyColour, tooltip } from "./theme.js";

// A table of texts as objects.
const objects = (data) => (data ? data.rows.map((row) => Object.fromEntries(data.columns.map((name, i) => [name, row[i]]))) : []);
const value = (text) => (text === "" || text == null ? NaN : Number(text));

const metrics = [
  ["mlu_mean", "mean MLU (offered load / capacity)", 1],
  ["mlu_p99", "p99 of MLU (offered load / capacity)", 1],
  ["mlu_over_optimum_mean", "mean MLU over optimum", 1],
  ["loss_fraction", "loss, %", 100],
  ["cut_off_fraction", "demand cut off, %", 100],
  ["delay_mean_s", "mean delay, ms", 1000],
  ["moved_fraction", "traffic moved, %", 100],
  ["recovery_epochs", "recovery, epochs", 1],
];

// Lines of all seeds where there are such, else all of them.
function lines(whatif) {
  const rows = objects(whatif.table),
    together = rows.filter(({ seed }) => seed === "all");
  return together.length ? together : rows;
}

function variantPanel(whatif, id) {
  const rows = lines(whatif),
    policies = [...new Set(rows.map(({ policy }) => policy))];
  const key = (name) => `${id}-${name}`;
  set({ [key("metric")]: "mlu_mean", [key("policy")]: policies[0] });
  const policy = select(
    "Policy",
    policies.map((name) => [name, name]),
    policies[0],
    (name) => set({ [key("policy")]: name }),
    key("policy"),
  );
  const metric = select(
    "By",
    metrics.map(([name, text]) => [name, text]),
    "mlu_mean",
    (name) => set({ [key("metric")]: name }),
    key("metric"),
  );
  const chosen = () => metrics.find(([name]) => name === state[key("metric")]);
  const sorted = () =>
    rows
      .filter((row) => row.policy === state[key("policy")])
      .map((row) => ({ ...row, at: value(row[chosen()[0]]) }))
      .filter(({ at }) => Number.isFinite(at))
      .sort((a, b) => b.at - a.at);
  const panel = new Panel({
    id: key("variants"),
    title: "Variants, the worst first",
    height: 420,
    deps: [key("policy"), key("metric")],
    controls: [policy.label, metric.label],
    note: "Dashed: the undisturbed run. At most 24 are drawn; the table has all.",
    option: async () => {
      const [, text, factor] = chosen(),
        list = sorted(),
        worst = list.slice(0, 24),
        c = colours();
      if (!list.length) return { missing: "there are no values of this kind" };
      const base = list.find(({ variant }) => variant === "undisturbed"),
        narrow = panel.box.clientWidth < 520,
        left = narrow ? 132 : 210;
      return {
        grid: grid({ left, bottom: 46 }),
        xAxis: axis(text, { nameGap: 28, scale: true }),
        tooltip: tooltip({
          formatter: ({ dataIndex, seriesType }) =>
            seriesType === "scatter"
              ? tip(worst[dataIndex].variant, [
                  `${text}: ${number(worst[dataIndex].at * factor)}`,
                  `busiest link: ${worst[dataIndex].busiest_link}`,
                ])
              : "",
        }),
        yAxis: axis("", {
          type: "category",
          inverse: true,
          data: worst.map(({ variant }) => variant),
          axisLabel: { color: c.ink, fontSize: narrow ? 10 : 11, width: left - 12, overflow: "truncate", interval: 0 },
        }),
        series: [
          ...(base
            ? [
                {
                  type: "line",
                  silent: true,
                  showSymbol: false,
                  data: [
                    [base.at * factor, 0],
                    [base.at * factor, worst.length - 1],
                  ],
                  lineStyle: { color: c.faint, type: [5, 4], width: 1.5 },
                },
              ]
            : []),
          {
            type: "scatter",
            symbolSize: 10,
            itemStyle: { color: policyColour(policies.indexOf(state[key("policy")])) },
            data: worst.map(({ at }, i) => [at * factor, i]),
          },
        ],
      };
    },
    table: async () => ({
      columns: ["variant", ...metrics.map(([, text]) => text), "busiest link"],
      more: "whatif.csv",
      rows: sorted().map((row) => [
        row.variant,
        ...metrics.map(([name, , factor]) => +number(value(row[name]) * factor)),
        row.busiest_link,
      ]),
    }),
  });
  return panel.section;
}

function criticalPanel(whatif, id) {
  const links = objects(whatif.links),
    critical = objects(whatif.critical),
    policies = [...new Set(links.map(({ policy }) => policy))];
  const key = `${id}-map-policy`,
    network = whatif.network;
  set({ [key]: policies[0] });
  const policy = select(
    "Policy",
    policies.map((name) => [name, name]),
    policies[0],
    (name) => set({ [key]: name }),
    key,
  );
  const worst = () => links.filter((row) => row.policy === state[key]); // in the order of the network's links
  // The five whose failure does the most damage: "A-B" or a node.
  const marked = () => critical.filter((row) => row.policy === state[key] && Number(row.mlu_rank) <= 5);
  const named = (e, variant) => {
    const { source, destination } = network.links[e],
      [a, b] = [network.nodes[source].name, network.nodes[destination].name];
    return [`${a}-${b}`, `${b}-${a}`].some((name) => variant.endsWith(name));
  };
  const panel = new Panel({
    id: `${id}-critical`,
    title: "Critical links",
    height: 420,
    controls: [policy.label],
    deps: [key],
    note: "Colour: the link's largest utilisation in any variant. ✕: one of the five links whose failure raises mean MLU the most.",
    option: async () => {
      if (!network) return { missing: whatif.network_missing };
      const rows = worst(),
        variants = marked()
          .filter(({ what }) => what === "link")
          .map(({ variant }) => variant);
      const down = new Set(network.links.flatMap((_, e) => (variants.some((variant) => named(e, variant)) ? [e] : [])));
      const series = mapSeries(network, [panel.box.clientWidth, panel.box.clientHeight], {
        loadOf: (e) => value(rows[e]?.utilisation),
      });
      series.links.forEach((link, e) => down.has(e) && (link.label.show = true));
      return {
        tooltip: tooltip({
          formatter: ({ dataType, dataIndex }) =>
            dataType === "edge" && rows[dataIndex]
              ? tip(rows[dataIndex].link, [
                  `largest utilisation ${percent(value(rows[dataIndex].utilisation))} in ${rows[dataIndex].variant}`,
                  `undisturbed ${percent(value(rows[dataIndex].utilisation_undisturbed))}`,
                ])
              : "",
        }),
        series: [series],
      };
    },
    table: async () =>
      critical.length
        ? {
            columns: [
              "policy",
              "what",
              "variant",
              "rank by damage",
              "mean MLU more by",
              "loss more by, %",
              "betweenness",
              "rank by betweenness",
            ],
            more: "critical.csv",
            rows: critical.map((r) => [
              r.policy,
              r.what,
              r.variant,
              value(r.mlu_rank),
              +number(value(r.mlu_change)),
              +number(100 * value(r.loss_change)),
              +number(value(r.betweenness)),
              value(r.betweenness_rank),
            ]),
          }
        : {
            columns: ["policy", "link", "largest utilisation, %", "in variant", "undisturbed, %"],
            more: "links.csv",
            rows: links.map((r) => [
              r.policy,
              r.link,
              +number(100 * value(r.utilisation)),
              r.variant,
              +number(100 * value(r.utilisation_undisturbed)),
            ]),
          },
  });
  panel.onResize = () => panel.change();
  panel.section.insertBefore(loadLegend(["✕ among the five worst failures"]), panel.details);
  return panel.section;
}

export const aboutWhatif = (data) => ({
  title: `What if: ${data.name ?? data.folder}`,
  text: `${new Set(lines(data).map(({ variant }) => variant)).size} variants; ${data.folder}: whatif.csv, links.csv, critical.csv`,
});

export function whatif(data, index) {
  const id = `whatif-${index}`,
    { title, text } = aboutWhatif(data);
  return [
    el("section", { id, "aria-label": "What if" }, el("h2", {}, title), el("p", { class: "note" }, text)),
    el("div", { class: "grid two" }, criticalPanel(data, id), variantPanel(data, id)),
  ];
}

// --- `lead test` ---

export function test() {
  const scenarios = all.test.scenarios;
  const rows = scenarios
    .flatMap(({ name, policies }) =>
      policies.flatMap((policy) =>
        policy.metrics
          .filter(({ verdict }) => verdict !== "same")
          .map((m) => [name, policy.name, m.verdict, m.name, m.before, m.after, m.why]),
      ),
    )
    .sort((a, b) => (b[2] === "WORSE") - (a[2] === "WORSE"));
  const firsts = scenarios.flatMap(({ name, policies }) =>
    policies
      .filter(({ first }) => first)
      .map((policy) =>
        el(
          "details",
          {},
          el("summary", {}, `${name}, ${policy.name}: what changed first`),
          el("pre", { tabindex: "0" }, policy.first),
        ),
      ),
  );
  const problems = scenarios.flatMap(({ name, problem, note, policies }) =>
    [problem, note, ...policies.map((policy) => policy.problem && `${policy.name}: ${policy.problem}`)]
      .filter(Boolean)
      .map((text) => el("p", { class: "note" }, `${name}: ${text}`)),
  );
  return el(
    "section",
    { id: "test", "aria-label": "Regression test" },
    el("h2", {}, "Regression test"),
    el("p", { class: "note" }, "What lead test said against the accepted baselines."),
    table(
      {
        columns: ["scenario", "policy", "verdict"],
        rows: scenarios.flatMap(({ name, verdict, policies }) =>
          policies.length ? policies.map((policy) => [name, policy.name, policy.verdict]) : [[name, "", verdict]],
        ),
      },
      true,
    ),
    rows.length
      ? table({ columns: ["scenario", "policy", "verdict", "number", "before", "now", "why"], rows })
      : el("p", {}, "No number changed."),
    ...problems,
    ...firsts,
  );
}
