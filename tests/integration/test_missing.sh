# Gaps of counters: without one state-space measures as od-counters does, to the byte; with gaps its fills and the forecasts from them are
# nearer than the last rates', and tm.h5 says how far off they may be; where counters vanish by load, too; the same run, the same bytes.
. "$LEAD_SOURCE/tests/integration/support.sh"
cd "$work"
scenario() { # ENGINE EPOCHS
    cat <<Y
name: gaps
topology: { file: $LEAD_SOURCE/scenarios/abilene.yaml }
traffic: { synthetic: { epochs: $2, history: 1200, burst_rate: 0 }, load: { optimal_mlu_peak: 0.8 } }
time: { epoch: 5 min, simulated: 1 s, rate_scale: 1e-3 }
policies:
  - { name: last, measure: { from: od-counters }, predict: { model: last, samples: bootstrap }, te: { algorithm: ecmp, weights: inverse-capacity } }
  - { name: filled, measure: { from: state-space }, predict: { model: last, samples: bootstrap }, te: { algorithm: ecmp, weights: inverse-capacity } }
engine: $1
Y
}
scenario fluid 60 >s.yaml
run() { # FOLDER [--event EVENT]
    "$lead" run s.yaml --out "$@" >said 2>&1 || fail "$(cat said)"
    ! grep -q warning said || fail "warns: $(cat said)"
    cp said "$1.said"
}

run whole
for file in epochs links anomalies surprise; do cmp whole/last/$file.csv whole/filled/$file.csv || fail "other bytes without a gap: $file.csv"; done
run lost --event "kind: blackout, epoch: 0, share: 0.3"
run busy --event "kind: blackout, epoch: 0, above: 0.5"
run dark --event "kind: blackout, epoch: 20, duration: 30 min"
run lost-again --event "kind: blackout, epoch: 0, share: 0.3"
for file in epochs.csv links.csv tm.h5; do cmp lost/filled/$file lost-again/filled/$file || fail "other bytes again: $file"; done
/usr/bin/python3 - <<'PY' || fail "fills"
import csv, h5py, numpy as np

def planes(folder, policy):
    with h5py.File(f"{folder}/{policy}/tm.h5") as file:
        assert ("measured_sd" in file) == (policy == "filled"), (folder, policy)
        return [file[k][:-1].astype(float) if k in file else None for k in ("traffic", "measured", "measured_sd")]

def mean(folder, policy, column):
    return np.mean([float(r[column]) for r in csv.DictReader(open(f"{folder}/{policy}/epochs.csv")) if r[column]])

assert (planes("whole", "filled")[2] == 0).all(), "a variance without a gap"
for folder in "lost", "busy", "dark":
    sent, fill, sd = planes(folder, "filled")
    last = planes(folder, "last")[1]
    gap = sd > 0
    assert gap.mean() > 0.02, (folder, gap.mean())
    np.testing.assert_allclose(fill[~gap], sent[~gap], rtol=1e-6, atol=8000) # a byte at that scale
    error = [abs(x - sent)[gap].sum() / sent[gap].sum() for x in (fill, last)]
    z = np.sqrt(np.mean(((fill - sent)[gap] / sd[gap]) ** 2))
    scores = [mean(folder, policy, "forecast_ncrps") for policy in ("filled", "last")]
    print(folder, f"missing {gap.mean():.3f} error {error[0]:.3f} for {error[1]:.3f}, z {z:.2f}, ncrps {scores[0]:.4f} for {scores[1]:.4f}")
    assert error[0] < 0.9 * error[1] and 0.6 < z < 1.5 and scores[0] < scores[1], folder
    assert round(mean(folder, "filled", "gaps") * 60) == gap.sum(), "other gaps than epochs.csv says"
    assert mean(folder, "last", "gaps") == mean(folder, "filled", "gaps"), "the estimators count other gaps"
dark = planes("dark", "filled")[2]
assert (dark[21:26].reshape(5, -1) > 0).sum(axis=1).min() == 132 and (dark[24] >= dark[21] * 0.5).all(), "a long gap"
PY
# The summary and the table say so, and nothing of it where there was no gap.
! grep -q '^Gaps:' whole.said || fail "gaps without a blackout: $(cat whole.said)"
grep -q '^Gaps: [0-9]* of 60 epochs lacked counts of OD pairs, [0-9.]* pairs a mean epoch,$' lost.said || fail "no word of gaps: $(cat lost.said)"
grep -q '^which .measure. filled\.$' lost.said || fail "$(cat lost.said)"
/usr/bin/python3 - <<'PY' || fail "the summary's gaps"
import csv, json
for folder in "whole", "lost", "dark":
    summary = {p["name"]: p for p in json.load(open(f"{folder}/summary.json"))["policies"]}
    table = {row["name"]: row for row in csv.DictReader(open(f"{folder}/summary.csv"))}
    for policy in "last", "filled":
        gaps = [int(r["gaps"]) for r in csv.DictReader(open(f"{folder}/{policy}/epochs.csv"))]
        told = summary[policy]["gap_epochs"], summary[policy]["gap_pairs"]
        assert told == (sum(g > 0 for g in gaps), round(sum(gaps) / 60, 9 - len(str(sum(gaps) // 60)))), (folder, policy, told, sum(gaps) / 60)
        assert (int(table[policy]["gap_epochs"]), float(table[policy]["gap_pairs"])) == told, (folder, policy)
    assert (summary["last"]["gap_epochs"] > 0) == (folder != "whole")
PY
! grep -q PREDICT lost/filled/epochs.csv && ! grep -q MEASURE lost/filled/epochs.csv || fail "fallbacks"

# Packets, whose loads are near the routing's and not on it.
if has_ns3; then
    scenario ns3 6 >s.yaml
    run packets --event "kind: blackout, epoch: 2, share: 0.3"
    /usr/bin/python3 - <<'PY' || fail "fills of packets"
import h5py, numpy as np
with h5py.File("packets/filled/tm.h5") as file, h5py.File("packets/last/tm.h5") as last:
    sent, fill, sd = (file[k][:-1].astype(float) for k in ("traffic", "measured", "measured_sd"))
    gap = sd > 0
    error = [abs(x - sent)[gap].sum() / sent[gap].sum() for x in (fill, last["measured"][:-1].astype(float))]
    print(f"packets: missing {gap.mean():.3f} error {error[0]:.3f} for {error[1]:.3f}")
    assert gap[2:].any() and not gap[:2].any() and error[0] < error[1]
PY
fi

# Names.
sed 's/state-space/kalman/' s.yaml >odd.yaml
refused 'policies\[1\].measure.from: "kalman" is none of od-counters, .*, state-space' "$lead" validate odd.yaml
