// The network's map: links of both directions apart, coloured by utilisation; what fails and bursts is marked.
import { links, nameOf, spans, times } from "./data.js";
import { cut, el, percent, quantile, rate, select, tip } from "./dom.js";
import { labelSides, layout } from "./layout.js";
import { Panel, onChange, set, state } from "./panel.js";
import { classOf, classWords, colours, onTheme, tooltip, widths } from "./theme.js";

const words = { now: "now", p95: "95th percentile over the run", max: "largest of the run" };

// Utilisation of each link as the map is asked for it; p95 and max are kept.
const kept = new Map();
async function loadsOf(run, policy, mode, epoch) {
  const { utilisation, count, m } = await links(run, policy);
  if (mode === "now") return Float32Array.from({ length: m }, (_, e) => utilisation[e * count + epoch]);
  const key = `${run.folder}/${policy.name}/${mode}`;
  if (!kept.has(key)) {
    const of = (e) => utilisation.subarray(e * count, (e + 1) * count);
    kept.set(
      key,
      Float32Array.from({ length: m }, (_, e) => (mode === "p95" ? quantile(of(e), 0.95) : quantile(of(e), 1))),
    );
  }
  return kept.get(key);
}

// The spans that an epoch, from `at` on for `length` ms, meets.
const active = (run, at, length) => spans(run).filter((span) => span.from < at + length && span.to > at);

function curves(list) {
  const seen = new Map();
  return list.map(({ source, destination }) => {
    const key = `${source}>${destination}`,
      order = seen.get(key) ?? 0;
    seen.set(key, order + 1);
    return 0.09 + 0.1 * order;
  });
}

// The box of the drawing in pixels, as the graph series fits it: its place of every node.
function pixels({ at, known }, [width, height], margin) {
  const xs = at.map(([x]) => x),
    ys = at.map(([, y]) => y);
  const x0 = Math.min(...xs),
    y0 = Math.min(...ys),
    w = Math.max(...xs) - x0 || 1,
    h = Math.max(...ys) - y0 || 1;
  const room = [width - 2 * margin[0], height - 2 * margin[1]],
    scale = Math.min(room[0] / w, room[1] / h);
  // A map may be stretched that far where there is room; what is drawn by forces has no shape of its own.
  const most = known ? 1.3 : 3,
    tall = Math.min(most, room[1] / (h * scale)),
    wide = known ? 1 : Math.min(most, room[0] / (w * scale));
  return at.map(([x, y]) => [
    (width - w * scale * wide) / 2 + (x - x0) * scale * wide,
    (height - h * scale * tall) / 2 + (y - y0) * scale * tall,
  ]);
}

// The middle of a link as it is drawn, pixels of the box: tests click there.
function linkPoint({ places, curves: bent, links: list }, e) {
  const [x0, y0] = places[list[e].source],
    [x1, y1] = places[list[e].destination];
  const control = [(x0 + x1) / 2 - (y0 - y1) * bent[e], (y0 + y1) / 2 - (x1 - x0) * bent[e]];
  return [(x0 + 2 * control[0] + x1) / 4, (y0 + 2 * control[1] + y1) / 4];
}

export function mapSeries(
  network,
  box,
  { loadOf, downLinks = new Set(), downNodes = new Set(), burstNodes = new Set(), chosen = -1 },
) {
  const c = colours(),
    names = network.nodes.map((node) => node.name),
    small = box[0] < 560,
    bent = (network.curves ??= curves(network.links));
  if (network.box !== String(box)) {
    network.box = String(box);
    network.places = pixels((network.layout ??= layout(network)), box, [small ? 34 : 46, 28]);
    network.sides = labelSides(network.places, names, network.links, box);
  }
  const { places, sides } = network;
  const many = network.nodes.length > 60;
  return {
    type: "graph",
    layout: "none",
    coordinateSystem: undefined,
    left: 0,
    top: 0,
    right: 0,
    bottom: 0,
    roam: false,
    silent: false,
    edgeSymbol: ["none", "arrow"],
    edgeSymbolSize: many ? 4 : 8,
    emphasis: { scale: false, focus: "none" },
    // Two points without a mark hold the drawing to the panel's own box.
    data: [
      ...network.nodes.map((node, i) => ({
        id: String(i),
        x: places[i][0],
        y: places[i][1],
        symbolSize: many ? 5 : burstNodes.has(i) ? 16 : 10,
        symbol: downNodes.has(i) ? "diamond" : "circle",
        itemStyle: {
          color: downNodes.has(i) ? c.down : c.node,
          borderColor: burstNodes.has(i) ? c.burst : c.paper,
          borderWidth: burstNodes.has(i) ? 4 : 1,
        },
        label: {
          show: sides[i] !== null,
          position: sides[i] ?? "top",
          distance: 4,
          color: c.ink,
          fontSize: small ? 10 : 11,
          textBorderColor: c.paper,
          textBorderWidth: 2,
          formatter: () => cut(names[i], 14),
        },
      })),
      ...[[0, 0], box].map(([x, y], i) => ({
        id: `corner-${i}`,
        x,
        y,
        symbolSize: 0,
        itemStyle: { opacity: 0 },
        label: { show: false },
      })),
    ],
    links: network.links.map((link, e) => {
      const load = loadOf(e),
        kind = Number.isFinite(load) ? classOf(load) : -1,
        down = downLinks.has(e);
      return {
        source: String(link.source),
        target: String(link.destination),
        value: load,
        lineStyle: {
          color: down || kind < 0 ? c.down : c.loads[kind],
          width: (down ? 2 : widths[Math.max(kind, 0)] * (many ? 0.5 : 1)) + (e === chosen ? 2 : 0),
          type: down ? [3, 4] : "solid",
          curveness: bent[e],
          opacity: 1,
          shadowBlur: e === chosen ? 9 : 0,
          shadowColor: c.ink,
        },
        label: { show: down, formatter: () => "✕", color: c.burst, fontSize: 16, fontWeight: "bold", textBorderColor: c.paper, textBorderWidth: 3 },
      };
    }),
  };
}

export function loadLegend(marks) {
  const box = el("div", { class: "legend", role: "note" });
  const svg = (width, colour) => {
    const line = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    line.setAttribute("width", "24");
    line.setAttribute("height", "10");
    line.setAttribute("aria-hidden", "true");
    const stroke = document.createElementNS("http://www.w3.org/2000/svg", "line");
    for (const [key, value] of Object.entries({ x1: 0, x2: 24, y1: 5, y2: 5, stroke: colour, "stroke-width": width }))
      stroke.setAttribute(key, value);
    line.append(stroke);
    return line;
  };
  const draw = () => {
    const c = colours();
    box.replaceChildren(
      el("span", {}, "Utilisation (offered over capacity):"),
      ...classWords.map((text, i) => el("span", {}, svg(widths[i], c.loads[i]), text)),
      ...marks.map((text) => el("span", {}, text)),
    );
  };
  draw();
  onTheme(draw);
  return box;
}

export function map() {
  const mode = select(
    "Links show",
    [
      ["now", "now"],
      ["p95", "p95 of the run"],
      ["max", "max of the run"],
    ],
    "now",
    (value) => set({ mode: value }),
    "mode",
  );
  const events = el("p", { class: "events", role: "status", "aria-live": "off" });
  const option = async (panel) => {
    const { run, policy, epoch } = state,
      time = await times(policy);
    run.network.layout ??= layout(run.network);
    const load = await loadsOf(run, policy, state.mode, epoch),
      at = time[epoch];
    const length = run.epoch_seconds ? 1000 * run.epoch_seconds : (time[1] ?? at + 1) - time[0];
    const here = state.mode === "now" ? active(run, at, length) : spans(run);
    const marked = (what, key) => new Set(here.filter((span) => span[what]).flatMap((span) => span[key]));
    const now = state.mode === "now",
      down = now ? marked("down", "links") : new Set();
    const downNodes = now
      ? new Set(here.filter((span) => span.kind.startsWith("node") || span.kind === "maintenance").flatMap((span) => span.nodes))
      : new Set();
    events.textContent = !spans(run).length
      ? "This run has no failures, bursts or other events."
      : here.length
        ? `${now ? "Events now" : "Events of the run"}: ${here
            .slice(0, 6)
            .map((span) => `${span.kind} ${span.target} ${span.value}`.trim())
            .join("; ")}${here.length > 6 ? `; ${here.length - 6} more` : ""}`
        : "No event in this epoch.";
    panel.note.textContent =
      (run.network_missing
        ? `The network's file is not there (${run.network_missing}): drawn from links.csv, by forces. `
        : !run.network.layout.known
          ? "The network states no places: drawn by forces. "
          : "") + `Policy ${policy.name}, ${words[state.mode]}. A click on a link opens its series below.`;
    panel.loads = load;
    return {
      tooltip: tooltip({
        formatter: ({ dataType, dataIndex }) =>
          dataType === "edge"
            ? tip(nameOf(run, dataIndex), [
                `utilisation ${percent(panel.loads[dataIndex])} (${state.mode})`,
                `capacity ${rate(run.network.links[dataIndex].capacity)}`,
              ])
            : run.network.nodes[dataIndex]
              ? tip(run.network.nodes[dataIndex].name, [])
              : "",
      }),
      series: [
        mapSeries(run.network, [panel.box.clientWidth, panel.box.clientHeight], {
          loadOf: (e) => load[e],
          downLinks: down,
          downNodes,
          burstNodes: marked("burst", "nodes"),
          chosen: state.link,
        }),
      ],
    };
  };
  const panel = new Panel({
    id: "map",
    title: "Network",
    controls: [mode.label],
    height: 360,
    label: "Map of the network; the data table below has its numbers",
    deps: ["policy", "epoch", "mode", "link"],
    option,
    click: ({ dataType, dataIndex }) => dataType === "edge" && set({ link: dataIndex }),
    table: async () => {
      const { run, policy, epoch } = state;
      const [now, p95, max] = await Promise.all(["now", "p95", "max"].map((mode) => loadsOf(run, policy, mode, epoch)));
      return {
        columns: ["link", "capacity", "now, %", "p95, %", "max, %"],
        more: `${policy.name}/links.csv`,
        rows: run.network.links.map((link, e) => [
          nameOf(run, e),
          rate(link.capacity),
          +(100 * now[e]).toFixed(2),
          +(100 * p95[e]).toFixed(2),
          +(100 * max[e]).toFixed(2),
        ]),
      };
    },
  });
  panel.onResize = () => panel.change();
  panel.section.insertBefore(loadLegend(["✕ down", "ringed: burst"]), panel.details);
  panel.section.insertBefore(events, panel.details);
  globalThis.leadReportLinkPoint = (e) => linkPoint(state.run.network, e);
  globalThis.leadReportMap = () => panel.chart?.getOption().series[0].links.map((link) => link.lineStyle.color); // tests look at it
  return panel.section;
}
