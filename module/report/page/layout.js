// Where nodes stand: by their places, or, where one has none, by forces (Fruchterman and Reingold 1991) from a circle, the same ones
// each time. Units are arbitrary, y is down.

const placed = (nodes) => nodes.length > 0 && nodes.every((node) => node.longitude != null && node.latitude != null);

function byPlaces(nodes) {
  const middle = nodes.reduce((sum, node) => sum + node.latitude, 0) / nodes.length;
  const narrow = Math.cos((middle * Math.PI) / 180);
  return nodes.map((node) => [node.longitude * narrow, -node.latitude]);
}

function byForces(nodes, links) {
  const n = nodes.length,
    ideal = 1 / Math.sqrt(n),
    rounds = n > 300 ? 60 : 300;
  const at = nodes.map((_, i) => [Math.cos((2 * Math.PI * i) / n) / 2, Math.sin((2 * Math.PI * i) / n) / 2]);
  const pairs = [
    ...new Map(links.map(({ source, destination }) => [[source, destination].sort().join(), [source, destination]])).values(),
  ];
  for (let round = 0; round < rounds; round++) {
    const push = at.map(() => [0, 0]),
      heat = 0.1 * (1 - round / rounds);
    const force = (i, j, by) => {
      const dx = at[i][0] - at[j][0],
        dy = at[i][1] - at[j][1],
        d = Math.hypot(dx, dy) || 1e-6;
      const f = by(d) / d;
      push[i][0] += dx * f;
      push[i][1] += dy * f;
      push[j][0] -= dx * f;
      push[j][1] -= dy * f;
    };
    for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) force(i, j, (d) => (ideal * ideal) / d);
    for (const [source, destination] of pairs) force(source, destination, (d) => (-d * d) / ideal);
    push.forEach(([x, y], i) => {
      const size = Math.hypot(x, y) || 1;
      at[i][0] += (x / size) * Math.min(size, heat);
      at[i][1] += (y / size) * Math.min(size, heat);
    });
  }
  return at;
}

export function layout({ nodes, links }) {
  return placed(nodes) ? { at: byPlaces(nodes), known: true } : { at: byForces(nodes, links), known: false };
}

// Where each label stands: of four sides the one that meets the fewest labels, nodes and links; null: it would lie on another one.
// `at` and `box`: pixels.
export function labelSides(at, texts, links, [width, height]) {
  const way = { top: [0, -1], bottom: [0, 1], right: [1, 0], left: [-1, 0] };
  const along = at.map(() => []); // directions of each node's links
  for (const { source, destination } of links) {
    const dx = at[destination][0] - at[source][0],
      dy = at[destination][1] - at[source][1],
      d = Math.hypot(dx, dy) || 1;
    along[source].push([dx / d, dy / d]);
  }
  const met = (i, side) => along[i].reduce((sum, [x, y]) => sum + Math.max(0, x * way[side][0] + y * way[side][1]) ** 2, 0);
  const boxes = at.map(([x, y]) => [x - 6, y - 6, x + 6, y + 6]);
  const overlap = (a, b) =>
    Math.max(0, Math.min(a[2], b[2]) - Math.max(a[0], b[0])) * Math.max(0, Math.min(a[3], b[3]) - Math.max(a[1], b[1]));
  return at.map(([x, y], i) => {
    const w = 7 * Math.min(texts[i].length, 14),
      sides = {
        top: [x - w / 2, y - 22, x + w / 2, y - 8],
        bottom: [x - w / 2, y + 8, x + w / 2, y + 22],
        right: [x + 9, y - 7, x + 9 + w, y + 7],
        left: [x - 9 - w, y - 7, x - 9, y + 7],
      };
    const cost = (side, box) =>
      60 * met(i, side) +
      boxes.reduce((sum, other, j) => (j === i ? sum : sum + overlap(box, other)), 0) +
      1e4 * (box[0] < 0 || box[1] < 0 || box[2] > width || box[3] > height);
    const [side, box] = Object.entries(sides).reduce((best, one) => (cost(...one) < cost(...best) - 1e-9 ? one : best));
    const free = boxes.slice(at.length).every((other) => overlap(box, other) < 0.1 * w * 14);
    if (free) boxes.push(box);
    return free ? side : null;
  });
}
