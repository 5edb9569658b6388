// What changes on the page, and the panels that show it. A panel draws when it is in view and something that it depends on has changed.
import { el, table as makeTable } from "./dom.js";
import { echarts, onTheme, policyColour, policyDash } from "./theme.js";

const values = {},
  listeners = [];
export const state = values;

// set({epoch: 3}): tells all who depend on what is another value now.
export function set(changes) {
  const changed = Object.keys(changes).filter((key) => values[key] !== changes[key]);
  Object.assign(values, changes);
  if (changed.length) for (const listener of [...listeners]) listener(changed);
}
export const onChange = (keys, listener) =>
  listeners.push((changed) => changed.some((key) => keys.includes(key)) && listener(changed));

const panels = [];
const seen = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      const panel = panels.find((one) => one.box === target);
      panel.inView = isIntersecting;
      if (isIntersecting) panel.draw();
    }
  },
  { rootMargin: "200px" },
);
const sized = new ResizeObserver((entries) =>
  entries.forEach(({ target }) => panels.find((one) => one.box === target)?.resize()),
);
onTheme(() => panels.forEach((panel) => panel.change()));
const idle = () => panels.filter((panel) => panel.busy || (panel.dirty && panel.inView)).length === 0;
globalThis.leadReportIdle = idle; // tests wait for it, and look at all axes
globalThis.leadReportAxes = () =>
  panels.flatMap(({ id, chart }) =>
    chart
      ? ["xAxis", "yAxis"].flatMap((key) => (chart.getOption()[key] ?? []).map(({ type, name }) => ({ id, key, type, name })))
      : [],
  );
globalThis.leadReportMissing = () =>
  panels.filter(({ box, chart }) => !chart && box.textContent).map(({ id, box }) => `${id}: ${box.textContent}`);

export class Panel {
  // option(): a promise of ECharts' option, or of {missing: why}; table(): one of what dom.js takes; both get the panel.
  // deps: names of state; keys: which line is which policy's is said below, "dashed" as distributions have them. cursor(): milliseconds of the line at "now". click(params, panel).
  constructor({ id, title, note = "", controls = [], height = 300, label, option, table, deps, cursor, click, area, keys }) {
    Object.assign(this, {
      id,
      option,
      height,
      makeTable: table,
      cursorAt: cursor,
      dirty: true,
      inView: false,
      busy: false,
      chart: null,
    });
    this.box = el("div", { class: "chart", role: "img", "aria-label": label ?? title, style: `height:${height}px` });
    this.line = el("div", { class: "cursor" });
    this.note = el("p", { class: "note" }, note);
    this.rows = el("div");
    this.keys = keys ? el("div", { class: "legend keys" }) : null;
    this.dashed = keys === "dashed";
    this.details = el("details", { ontoggle: () => this.fillTable() }, el("summary", {}, "Data table"), this.rows);
    this.section = el(
      "section",
      { id, "aria-label": title },
      el("h2", {}, title),
      this.note,
      controls.length ? el("div", { class: "controls" }, ...controls) : null,
      this.box,
      this.keys,
      table ? this.details : null,
    );
    this.clicked = click;
    this.areaClicked = area;
    panels.push(this);
    onChange(["run", ...deps], () => this.change());
    if (cursor) onChange(["now"], () => this.placeCursor());
    seen.observe(this.box);
    sized.observe(this.box);
  }

  change() {
    this.dirty = true;
    if (this.inView) this.draw();
    this.fillTable();
  }

  async draw() {
    if (!this.dirty || this.busy) return;
    this.busy = true;
    while (this.dirty) {
      this.dirty = false;
      this.show(await this.option(this));
    }
    this.busy = false;
  }

  show(option) {
    if (option.missing != null) {
      this.chart?.dispose();
      this.chart = null;
      this.box.replaceChildren(el("p", { class: "missing" }, option.missing));
      this.box.style.height = "auto";
      this.showKeys([]);
      return;
    }
    if (!this.chart) this.begin();
    this.chart.setOption({ animation: false, useUTC: true, backgroundColor: "transparent", ...option }, { notMerge: true });
    this.placeCursor();
    this.showKeys(option.series);
  }

  showKeys(series) {
    if (!this.keys) return;
    const drawn = new Set(series.map(({ name }) => name));
    const key = (i) =>
      el("i", {
        style: `display:inline-block;width:22px;border-top:2.4px ${this.dashed && policyDash(i) !== "solid" ? "dashed" : "solid"} ${policyColour(i)}`,
      });
    this.keys.replaceChildren(
      ...state.run.policies.flatMap(({ name }, i) => (drawn.has(name) ? [el("span", {}, key(i), name)] : [])),
    );
  }

  begin() {
    this.box.replaceChildren();
    this.box.style.height = `${this.height}px`;
    this.chart = echarts.init(this.box);
    this.box.append(this.line);
    if (this.clicked) this.chart.on("click", (params) => this.clicked(params, this));
    if (this.areaClicked)
      this.chart.getZr().on("click", ({ offsetX, offsetY }) => {
        if (this.chart.containPixel({ gridIndex: 0 }, [offsetX, offsetY]))
          this.areaClicked(this.chart.convertFromPixel({ xAxisIndex: 0, yAxisIndex: 0 }, [offsetX, offsetY]), this);
      });
  }

  // The line at "now" lies above the chart, so that a new epoch draws nothing anew.
  placeCursor() {
    const at = this.chart && this.cursorAt ? this.cursorAt() : NaN;
    if (!Number.isFinite(at)) return void (this.line.style.display = "none");
    const { top, bottom, left, right } = this.chart.getOption().grid[0];
    const x = this.chart.convertToPixel({ xAxisIndex: 0 }, at);
    const inside = x >= left - 1 && x <= this.chart.getWidth() - right + 1;
    Object.assign(this.line.style, {
      display: inside ? "block" : "none",
      left: `${x - 1}px`,
      top: `${top}px`,
      height: `${this.chart.getHeight() - top - bottom}px`,
    });
  }

  resize() {
    if (!this.chart) return;
    this.chart.resize();
    this.onResize?.();
    this.placeCursor();
  }

  async fillTable() {
    if (!this.makeTable || !this.details.open) return;
    const data = await this.makeTable(this);
    this.rows.replaceChildren(data.missing != null ? el("p", { class: "note" }, data.missing) : makeTable(data));
  }
}
