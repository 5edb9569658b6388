# A comparison network from training to `lead evaluate`: trained, gone on with, exported, scored like any predictor.
. "$LEAD_SOURCE/tests/integration/support.sh"
cd "$LEAD_SOURCE"
export OMP_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE=1
python=${LEAD_PYTHON:-/usr/bin/python3}

# The tiny network's hourly TMs as a file, and a short training on it.
"$python" - "$work" <<'PY'
import gzip, json, sys
from models import data
from models.tests import tiny
series, config = tiny.series(), tiny.config(history=16)
for path in ("tiny-tm.csv.gz", "gap.csv.gz"):
    with gzip.open(f"{sys.argv[1]}/{path}", "wt") as file:
        file.write("time," + ",".join(f"{s}>{d}" for s in tiny.NODES for d in tiny.NODES) + "\n")
        for row, (time, tm) in enumerate(zip(series.times, series.tms / 1000)):
            if path == "tiny-tm.csv.gz" or row not in (230, 231):
                file.write(data.format_time(time) + "," + ",".join(f"{value:.17g}" for value in tm.ravel()) + "\n")
del config["model"]
config.update(networks=2)
config["training"]["base"].update(steps=300, save_every=100, score_every=100, patience=2)
json.dump(config, open(f"{sys.argv[1]}/tiny.json", "w"))
PY
train() { "$python" -m models.train_compare "$work/tiny.json" "$@" --data "$work" --run "$work/run"; }
train gru >"$work/first"
train gru >"$work/second"
[ "$(grep -c '^base 300/300' "$work/first")" = 2 ] || fail "no training: $(cat "$work/first")"
[ "$(wc -l <"$work/second")" = 1 ] || fail "the second call trained again: $(cat "$work/second")"
cd "$work"

# Windows in the middle, ones that begin before yesterday (--from: rows 16 to 30 of the file), ones with a hole yesterday.
evaluate() { "$lead" evaluate --samples 30 --predictor last --predictor torchscript:run/predictor.pt --json out.json "$@" >table 2>said; }
ncrps() { python3 -c "import json; print(*(r['ncrps'] for r in json.load(open('out.json'))))"; }
first=$(zcat tiny-tm.csv.gz | sed -n 18p | cut -d, -f1) last=$(zcat tiny-tm.csv.gz | sed -n 32p | cut -d, -f1)
for options in "--tm tiny-tm.csv.gz" "--tm tiny-tm.csv.gz --from $first --to $last" "--tm gap.csv.gz"; do
    # shellcheck disable=SC2086
    evaluate $options --horizon 2 || fail "$options: $(cat said)"
    read -r plain network <<<"$(ncrps)"
    holds "0 < $network < 0.9 * $plain"
done
evaluate --tm tiny-tm.csv.gz --horizon 2,3 || fail "a horizon too far ended the command: $(cat said)"
grep -q '3 ahead: .*the module forecasts 2 steps, asked for 3' said || fail "no reason: $(cat said)"
