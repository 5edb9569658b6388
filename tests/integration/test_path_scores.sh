# Scores of whole paths in summary.json, of plans for four epochs at a time, against numpy on what tm.h5 has; on a line of three nodes, so that
# every routing is the same. Plans of one epoch have no such scores.
. "$LEAD_SOURCE/tests/integration/support.sh"
cd "$work"
printf 'src,dst,capacity_kbps\nA,B,4000\nB,A,4000\nB,C,3000\nC,B,3000\n' >line.csv
cat >line.yaml <<'YAML'
name: line
topology: { file: line.csv }
traffic: { synthetic: { epochs: 41, history: 200 }, load: { factor: 0.01 } }
policies:
  - { name: four, predict: { model: last, samples: bootstrap 12 }, te: { algorithm: mcf, every: 4 } }
  - { name: one, predict: { model: last, samples: bootstrap 12 }, te: { algorithm: mcf } }
record: samples
engine: fluid
YAML
"$LEAD_BUILD/lead" run line.yaml --out out >said 2>&1 || fail "$(cat said)"
/usr/bin/python3 - <<'PY'
import json
import h5py
import numpy as np

found = {p["name"]: p["forecast"] for p in json.load(open("out/summary.json"))["policies"]}
names = ("link_peak_crps", "peak_mlu_crps", "peak_mlu_coverage_90", "path_energy", "variogram")
assert all(found["one"][name] is None for name in names), found["one"]
with h5py.File("out/four/tm.h5") as file:
    truth, samples = file["traffic"][:].astype(float), file["forecast_samples"][:].astype(float)
axes = samples.shape
print("forecast_samples", axes, "traffic", truth.shape)
links = [(0, 1), (1, 0), (1, 2), (2, 1)]
capacity = np.array([4e6, 4e6, 3e6, 3e6])
over = np.array([[(s <= min(u, v) and d >= max(u, v)) if u < v else (d <= min(u, v) and s >= max(u, v)) for s in range(3) for d in range(3)]
                 for u, v in links], float) * ~np.eye(3, dtype=bool).ravel()


def crps(x, y):
    x = np.sort(x)
    return np.abs(x - y).mean() - np.abs(x[:, None] - x[None]).sum() / (2 * len(x) * (len(x) - 1))


sums = np.zeros((5, 2))
for begin in range(0, 40, 4):
    y = truth[begin:begin + 4].reshape(4, 9)
    x = samples[begin].reshape(12, 4, 9)
    assert np.isfinite(x).all(), begin
    loads, true_loads = x @ over.T, y @ over.T
    sums[0] += sum(crps(loads[:, :, e].max(1), true_loads[:, e].max()) for e in range(4)), true_loads.max(0).sum()
    peaks, peak = (loads / capacity).max((1, 2)), (true_loads / capacity).max()
    sums[1] += crps(peaks, peak), peak
    sums[2] += peaks.min() <= peak <= peaks.max(), 1  # of 12 samples the 5 and 95 % quantiles are the outer ones
    away = ~np.eye(3, dtype=bool).ravel()
    flat, true_flat = x[:, :, away].reshape(12, -1), y[:, away].ravel()
    apart = np.linalg.norm(flat[:, None] - flat[None], axis=-1).sum() / (2 * 12 * 11)
    sums[3] += np.linalg.norm(flat - true_flat, axis=1).mean() - apart, np.linalg.norm(true_flat)
    for s in range(4):
        for t in range(s):
            change = np.abs(true_loads[s] - true_loads[t])
            sums[4] += ((np.sqrt(change) - np.sqrt(np.abs(loads[:, s] - loads[:, t])).mean(0)) ** 2).sum(), change.sum()
for index, name in enumerate(names):
    wanted = sums[index, 0] / sums[index, 1]
    assert abs(found["four"][name] - wanted) < 2e-5 * wanted, (name, found["four"][name], wanted)
PY
