// What the file holds: one JSON text, and blocks of columns, unpacked when they are asked for and kept.

export const all = JSON.parse(document.getElementById("lead-data").textContent);
export const missingH5 = (policy) => `no tm.h5: ${policy.matrices?.missing ?? "it has no forecast"} is not there`;

const kept = new Map();

async function unpack(block) {
  const text = atob(document.getElementById(`block-${block}`).textContent);
  const bytes = Uint8Array.from(text, (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// float32 whose first bytes stand together, then the second ones, ...
function floats(bytes, count) {
  const plain = new Uint8Array(count * 4);
  for (let k = 0; k < 4; k++) for (let i = 0; i < count; i++) plain[4 * i + k] = bytes[k * count + i];
  return new Float32Array(plain.buffer);
}

async function read(place) {
  const bytes = await unpack(place.block);
  return place.type === "f4" ? floats(bytes, place.count) : bytes;
}

// The column that a place {block, type, count} tells of; null for none.
export function column(place) {
  if (!place) return Promise.resolve(null);
  if (!kept.has(place.block)) kept.set(place.block, read(place));
  return kept.get(place.block);
}

export const of = (policy, name) => column(policy.columns[name]);

// Milliseconds since 1970 of a policy's epochs.
export async function times(policy) {
  const offsets = await column(policy.offsets);
  return Float64Array.from(offsets, (s) => 1000 * (policy.start + s));
}

// Utilisation [links][epochs] of a policy, and the capacities [links][epochs] that it is over, bit/s.
const loads = new Map();
export function links(run, policy) {
  if (!loads.has(policy)) loads.set(policy, readLinks(run, policy));
  return loads.get(policy);
}

async function readLinks(run, policy) {
  const [offered, ratio] = [await column(policy.offered), await column(policy.carried_share)];
  const carried = Float32Array.from(offered, (value, i) => value * ratio[i]);
  const count = policy.epochs,
    m = run.network.links.length;
  const capacity = new Float64Array(m * count);
  run.network.links.forEach((link, e) => capacity.fill(link.capacity, e * count, (e + 1) * count));
  for (const [row, e, value] of policy.capacity_changes) capacity.fill(value, e * count + row, (e + 1) * count);
  const utilisation = Float32Array.from(offered, (value, i) => value / capacity[i]);
  return { offered, carried, capacity, utilisation, count, m };
}

// Planes of a policy's matrices, [planes][pairs][epochs] in bit/s: of "measured" one, of "forecast" the mean alone, or eight: quantiles
// up to the median, the mean, the other quantiles (which are near each other so).
const planes = new Map();
export function plane(run, policy, key) {
  const id = `${run.folder}/${policy.name}/${key}`;
  if (!planes.has(id)) planes.set(id, readPlanes(run, policy, key));
  return planes.get(id);
}

async function readPlanes(run, policy, key) {
  const place = policy.matrices[key];
  if (!place) return null;
  const codes = Uint8Array.from(await column(place)),
    scale = await column(policy.matrices.scale);
  const epochs = run.pairs.times,
    pairs = run.pairs.list.length,
    step = pairs * epochs;
  for (let i = 1; i < step; i++) codes[i] += codes[i - 1];
  for (let i = step; i < codes.length; i++) codes[i] += codes[i - step];
  const values = new Float32Array(codes.length);
  for (let i = 0; i < codes.length; i++) {
    const pair = Math.floor((i % step) / epochs),
      low = scale[pair],
      high = scale[pairs + pair];
    values[i] = codes[i] === 0 ? NaN : codes[i] === 1 ? 0 : low * (high / low) ** ((codes[i] - 2) / 253);
  }
  return values;
}

// The mean, or a quantile of the seven, 0..6; null where there is none.
export async function forecast(run, policy, which) {
  const values = await plane(run, policy, "forecast"),
    step = run.pairs.times * run.pairs.list.length,
    many = values?.length > step;
  if (!values || (which !== "mean" && !many)) return null;
  const at = which === "mean" ? (many ? 4 : 0) : which + (which > 3);
  return values.subarray(at * step, (at + 1) * step);
}

export const truth = (run) => column(run.pairs.truth);

// --- events ---

const linkName = (run, e, arrow = "-") => {
  const { source, destination } = run.network.links[e];
  return `${run.network.nodes[source].name}${arrow}${run.network.nodes[destination].name}`;
};
export const nameOf = (run, e) => {
  const label = run.network.links[e].label;
  return linkName(run, e, " → ") + (label ? ` (${label})` : "");
};

// The links of a target: "A-B" names both directions, a link's own name, or all of a node's.
function linksOf(run, target) {
  const found = [];
  run.network.links.forEach((link, e) => {
    const back = `${run.network.nodes[link.destination].name}-${run.network.nodes[link.source].name}`;
    const ends = [run.network.nodes[link.source].name, run.network.nodes[link.destination].name];
    if (
      linkName(run, e) === target ||
      back === target ||
      link.label === target ||
      (link.risk_group && target === `group ${link.risk_group}`) ||
      ends.includes(target)
    )
      found.push(e);
  });
  return found;
}

// Nodes that a target names: by itself, or as an end of "A>B".
const nodesOf = (run, target) =>
  run.network.nodes.flatMap(({ name }, i) =>
    target === name || target.startsWith(`${name}>`) || target.endsWith(`>${name}`) ? [i] : [],
  );

// events.csv as spans: {kind, target, value, from, to (ms), links, nodes}; what has no end lasts to the run's.
export function spans(run) {
  if (run.spans) return run.spans;
  const open = new Map(),
    list = [];
  const { columns, rows } = run.events ?? { columns: [], rows: [] };
  const at = Object.fromEntries(columns.map((name, i) => [name, i]));
  for (const row of rows) {
    const ms = Date.parse(row[at.time]);
    const key = `${row[at.event]}\n${row[at.target]}`;
    if (row[at.action] === "end" && open.has(key)) {
      open.get(key).to = ms;
      open.delete(key);
      continue;
    }
    const kind = row[at.kind],
      target = row[at.target];
    if (kind.endsWith("-repair"))
      for (const other of list) if (other.down && other.target === target) other.to = Math.min(other.to, ms);
    const span = {
      kind,
      target,
      value: row[at.value],
      from: ms,
      to: Infinity,
      links: linksOf(run, target),
      nodes: nodesOf(run, target),
    };
    span.down = /failure|maintenance/.test(kind);
    span.burst = kind === "burst";
    list.push(span);
    open.set(key, span);
  }
  run.spans = list;
  return list;
}

// --- anomalies ---

// anomalies.csv of all policies: {i, policy, from, to (ms), tail, size (bit/s), cause, where, explained, open}, in the policies' order.
export function anomalies(run) {
  return run.policies.flatMap((policy, i) => {
    const { columns, rows } = policy.anomalies ?? { columns: [], rows: [] };
    const at = Object.fromEntries(columns.map((name, k) => [name, k]));
    return rows.map((row) => ({
      i,
      policy: policy.name,
      from: Date.parse(row[at.start]),
      to: Date.parse(row[at.end]),
      tail: Number.parseFloat(row[at.tail_probability]),
      size: Number.parseFloat(row[at.size_bps]),
      cause: row[at.cause],
      where: row[at.where],
      explained: Number.parseFloat(row[at.explained]),
      open: row[at.open] === "1",
    }));
  });
}
