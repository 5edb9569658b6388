// Elements and numbers as text. Names come from files: they get into the page by textContent only.

export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  for (const child of children) if (child != null) element.append(child); // a string becomes a text node
  return element;
}

// options: [[value, text], ...]
export function select(text, options, value, change, id) {
  const box = el("select", { id, onchange: () => change(box.value) });
  for (const [key, name] of options) box.append(el("option", { value: key }, name));
  box.value = value;
  return { label: el("label", {}, text, box), box };
}

export function fill(box, options, value) {
  box.replaceChildren(...options.map(([key, name]) => el("option", { value: key }, name)));
  box.value = value;
}

// What a chart's tooltip shows: an element, so that nothing in it is read as markup.
export function tip(title, lines) {
  return el("div", { class: "tip" }, el("b", {}, title), ...lines.map((line) => el("div", {}, line)));
}

const most = 400; // rows of a table that are shown

// {columns: [text], rows: [[value]], more: where the rest is}; numbers are right-aligned.
export function table({ columns, rows, more = "the run's folder" }, all = false) {
  const isText = columns.map((_, i) => rows.some((row) => typeof row[i] === "string"));
  const mark = (i) => (isText[i] ? { class: "text" } : {});
  const body = rows
    .slice(0, all ? rows.length : most)
    .map((row) =>
      el("tr", {}, ...row.map((value, i) => el("td", mark(i), value == null || Number.isNaN(value) ? "" : String(value)))),
    );
  const head = el("tr", {}, ...columns.map((name, i) => el("th", { scope: "col", ...mark(i) }, name)));
  const scroll = el(
    "div",
    { class: all ? "scroll all" : "scroll", tabindex: "0", role: "region", "aria-label": columns.join(", ") },
    el("table", {}, el("thead", {}, head), el("tbody", {}, ...body)),
  );
  if (body.length === rows.length) return scroll;
  return el("div", {}, scroll, el("p", { class: "note" }, `the first ${body.length} of ${rows.length} rows; all are in ${more}`));
}

const finite = Number.isFinite;

export function number(value, digits = 4) {
  if (!finite(value)) return "";
  const plain = Math.abs(value) >= 1e-4 && Math.abs(value) < 1e7;
  return value === 0 ? "0" : plain ? String(Number(value.toPrecision(digits))) : value.toExponential(digits - 1);
}

function scaled(value, digits, steps) {
  if (!finite(value)) return "";
  const [size, unit] = steps.find(([least]) => Math.abs(value) >= least) ?? steps[steps.length - 1];
  return `${number(value / size, digits)} ${unit}`;
}

export const rate = (value) =>
  scaled(value, 3, [
    [1e12, "Tbit/s"],
    [1e9, "Gbit/s"],
    [1e6, "Mbit/s"],
    [1e3, "kbit/s"],
    [1, "bit/s"],
  ]);
export const percent = (value, digits = 3) => (finite(value) ? `${number(100 * value, digits)} %` : "");
// Names often differ at their ends: the middle goes.
export const cut = (text, length) => (text.length > length ? `${text.slice(0, length - 5)}…${text.slice(-4)}` : text);

const two = (value) => String(value).padStart(2, "0");

// Milliseconds as "2004-07-20 12:05", UTC.
export function clock(ms) {
  const d = new Date(ms);
  return `${d.getUTCFullYear()}-${two(d.getUTCMonth() + 1)}-${two(d.getUTCDate())} ${two(d.getUTCHours())}:${two(d.getUTCMinutes())}`;
}

// The q-quantile of values, NaNs left out, by linear interpolation; sorts a copy.
export function quantile(values, q) {
  const sorted = Float64Array.from(values).filter(finite).sort();
  if (!sorted.length) return NaN;
  const at = q * (sorted.length - 1),
    low = Math.floor(at);
  return sorted[low] + (at - low) * ((sorted[low + 1] ?? sorted[low]) - sorted[low]);
}
