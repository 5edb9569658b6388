// Colours, and ECharts with the parts that the page uses. Policies by the palette of Okabe and Ito (2008), told apart by dashes, too;
// loads from blue over orange to dark red, told apart by width, too; matrices by cividis (Nuñez, Anderton and Renslow 2018).
import * as echarts from "echarts/core";
import { CustomChart, GraphChart, HeatmapChart, LineChart, ScatterChart } from "echarts/charts";
import { GridComponent, TooltipComponent, VisualMapContinuousComponent } from "echarts/components";
import { CanvasRenderer } from "echarts/renderers";

echarts.use([
  LineChart,
  ScatterChart,
  HeatmapChart,
  CustomChart,
  GraphChart,
  GridComponent,
  TooltipComponent,
  VisualMapContinuousComponent,
  CanvasRenderer,
]);
export { echarts };

const themes = {
  light: {
    ink: "#16202c",
    faint: "#566270",
    line: "#d3d9e0",
    paper: "#ffffff",
    node: "#16202c",
    down: "#8a94a0",
    burst: "#b5179e",
    cursor: "#b34700",
    policies: ["#0072b2", "#d55e00", "#009e73", "#a0458c", "#b07d00", "#3a3a3a", "#56a0d3", "#8c510a"],
    loads: ["#9cc3e0", "#4f97c9", "#f2b25c", "#e0701c", "#b3261e", "#5c0011"],
  },
  dark: {
    ink: "#e8edf2",
    faint: "#a3afbc",
    line: "#38424e",
    paper: "#11161c",
    node: "#e8edf2",
    down: "#6b7683",
    burst: "#ff8ae2",
    cursor: "#ffb268",
    policies: ["#56b4e9", "#ff8c42", "#2fd3a2", "#e79bc8", "#f0e442", "#d0d0d0", "#9ec9ff", "#d8a25e"],
    loads: ["#4a7da8", "#7cc0f5", "#e8c07a", "#f28c2e", "#ff5a4a", "#ffd1ce"],
  },
};

const prefersDark = matchMedia("(prefers-color-scheme: dark)");
let chosen = null; // by the button; null: as the system has it
const listeners = [];

export const isDark = () => (chosen ? chosen === "dark" : prefersDark.matches);
export const colours = () => themes[isDark() ? "dark" : "light"];
export const onTheme = (listener) => listeners.push(listener);

export function applyTheme() {
  document.documentElement.dataset.theme = isDark() ? "dark" : "light";
  for (const listener of listeners) listener();
}
export function toggleTheme() {
  chosen = isDark() ? "light" : "dark";
  applyTheme();
}
prefersDark.addEventListener("change", applyTheme);

export const calm = matchMedia("(prefers-reduced-motion: reduce)");

// Classes of utilisation: up to so much, a colour and a width each.
export const classes = [0.2, 0.4, 0.6, 0.8, 1, Infinity];
export const classWords = ["0–20 %", "20–40 %", "40–60 %", "60–80 %", "80–100 %", "over 100 %"];
export const classOf = (value) => classes.findIndex((most) => value <= most);
export const widths = [2, 2.6, 3.4, 4.4, 5.4, 6.6];

const dashes = ["solid", [7, 3], [2, 2], [9, 3, 2, 3], [12, 4], [4, 4], [1, 3], [14, 3, 4, 3]];
export const policyColour = (i) => colours().policies[i % 8];
export const policyDash = (i) => dashes[i % 8];

export const cividis = [
  "#00224e",
  "#123570",
  "#3b496c",
  "#575d6d",
  "#707173",
  "#8a8678",
  "#a59c74",
  "#c3b369",
  "#e1cc55",
  "#fee838",
];

// Axes that say what they are of, with their unit.
export function axis(name, more = {}) {
  const c = colours();
  return {
    type: "value",
    name,
    nameLocation: "middle",
    nameGap: 42,
    nameTextStyle: { color: c.faint, fontSize: 12 },
    axisLabel: { color: c.faint, fontSize: 11, hideOverlap: true },
    axisLine: { show: true, lineStyle: { color: c.line } },
    axisTick: { lineStyle: { color: c.line } },
    splitLine: { lineStyle: { color: c.line, opacity: 0.6 } },
    ...more,
  };
}
export const timeAxis = (more = {}) =>
  axis("time (UTC)", {
    type: "time",
    nameGap: 26,
    splitLine: { show: false },
    axisLabel: {
      color: colours().faint,
      fontSize: 11,
      hideOverlap: true,
      formatter: {
        year: "{yyyy}",
        month: "{yyyy}-{MM}",
        day: "{MM}-{dd}",
        hour: "{HH}:{mm}",
        minute: "{HH}:{mm}",
        second: "{HH}:{mm}:{ss}",
      },
    },
    ...more,
  });

export const grid = (more = {}) => ({ left: 58, right: 14, top: 14, bottom: 44, containLabel: false, ...more });
export const tooltip = (more = {}) => {
  const c = colours();
  return {
    confine: true,
    backgroundColor: c.paper,
    borderColor: c.line,
    textStyle: { color: c.ink },
    axisPointer: { lineStyle: { color: c.faint } },
    ...more,
  };
};
