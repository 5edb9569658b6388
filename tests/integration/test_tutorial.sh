# docs/tutorial.md and docs/tutorial-train.md: every command of both runs, in their order, on the example that the pages make themselves;
# what the page shows of `lead new`, `lead validate` and the table of a run's first columns is what comes out. The models of the second page
# are trained with fewer steps and smaller networks than the page's.
. "$LEAD_SOURCE/tests/integration/support.sh"
/usr/bin/python3 -c "import pandas, networkx" 2>/dev/null || { echo "skipped: no pandas or networkx"; exit 0; }
cd "$work"
unset LEAD_DATA LEAD_MODELS
PATH=$LEAD_BUILD:$PATH
export PYTHONPATH=$LEAD_SOURCE # the pages are for the project's folder

# block PAGE LANGUAGE NUMBER: the text of that block, from 1 on.
block() {
    awk -v begin="^\`\`\`$2\$" -v wanted="$3" '/^```/ && inside { inside = 0; next } /^```/ { inside = 1; counted = $0 ~ begin; n += counted; next }
        inside && counted && n == wanted' "$LEAD_SOURCE/docs/$1"
}
# run PAGE NUMBER: the commands of that sh block; what they print is in `said`.
run() {
    block "$1" sh "$2" >commands
    [ -s commands ] || fail "docs/$1 has no sh block $2"
    bash -e commands >said 2>whines || fail "docs/$1, block $2, $(cat commands): $(cat said whines)"
}
# shown PAGE NUMBER [FILTER]: the block without a language says what was printed.
shown() {
    block "$1" "" "$2" >expected
    [ -s expected ] || fail "docs/$1 shows no output $2"
    if [ -n "${3:-}" ]; then
        sed -E "$3" expected >expected.kept && sed -E "$3" said >said.kept
    else
        cp expected expected.kept && cp said said.kept
    fi
    diff expected.kept said.kept || fail "docs/$1 shows another output than (>) of $(cat commands)"
}

# --- docs/tutorial.md ---
page=tutorial.md
[ "$(grep -c '^```sh$' "$LEAD_SOURCE/docs/$page")" = 7 ] || fail "docs/$page has another number of blocks than are run here"
block $page python 1 >make-data.py
run $page 1
run $page 2
shown $page 1
run $page 3
shown $page 2
if has_ns3; then
    run $page 4
    shown $page 3 's/[0-9.e-]+ s$/SECONDS/; s/[0-9]+ MB/MEMORY/'
else
    sed -i 's/^engine: ns3/engine: fluid/' metro-day.yaml
    run $page 4
fi
run $page 5
[ "$(grep -cE '^(static|reactive|hedged|lead|oracle) +1\.[0-9]+ ' said)" = 5 ] || fail "the policies of docs/$page: $(cat said)"
for policy in static reactive oracle; do # their mean, p99 and max MLU over optimum are of no model's rounding
    block $page "" 4 | grep -E "^$policy " | cut -c 1-35 >expected
    grep -qFf expected said || ! has_ns3 || fail "docs/$page shows $(cat expected), and not $(grep "^$policy" said)"
done
if [ -s "$LEAD_BUILD/report.html" ]; then
    run $page 6
    [ -s out/metro-day/report.html ] || fail "no report"
    run $page 7
    [ -s out/metro-day-whatif/report.html ] || fail "no report of the what-if"
else
    block $page sh 7 | grep whatif >commands
    bash -e commands >said 2>&1 || fail "docs/$page: $(cat said)"
fi
for policy in static reactive oracle; do
    line=$(block $page "" 5 | grep -E "^$policy ")
    grep -qF "$line" said || fail "docs/$page shows \"$line\" of the failures"
done

# --- docs/tutorial-train.md ---
page=tutorial-train.md
[ -e "$LEAD_BUILD/liblead-torch.so" ] && /usr/bin/python3 -c "import torch" 2>/dev/null || exit 0
[ "$(grep -c '^```sh$' "$LEAD_SOURCE/docs/$page")" = 7 ] || fail "docs/$page has another number of blocks than are run here"
# models/ with less fine-tuning
mkdir -p project/models && ln -s "$LEAD_SOURCE"/models/* project/models/ && rm project/models/configs
cp -r "$LEAD_SOURCE/models/configs" project/models/
/usr/bin/python3 - project/models/configs/fine-tune.json <<'PY'
import json, sys
config = json.load(open(sys.argv[1]))
config["training"]["base"].update(steps=10, windows=8, score_windows=24)
config["training"]["folds"].update(steps=5, windows=8, residuals=80)
json.dump(config, open(sys.argv[1], "w"))
PY
PYTHONPATH=$work/project run $page 1
[ -s metro-fine/manifest.json ] || fail "no fine-tuned checkpoint: $(cat said)"
run $page 2
shown $page 1
smaller() { # the page's own way, and smaller networks, which the page's time would be too long for
    /usr/bin/python3 - "$1" <<'PY'
import json, sys
config = json.load(open(sys.argv[1]))
config["model"].update(base=32, base_networks=2, width=16, map=8, token=32)
config["model"]["qwen2"].update(hidden_size=32, intermediate_size=64, num_hidden_layers=2)
config["training"]["base"].update(steps=40, windows=8, score_windows=24)
config["training"]["folds"].update(steps=20, windows=8, residuals=80)
json.dump(config, open(sys.argv[1], "w"))
PY
}
smaller metro-model.json
run $page 3
grep -q "^fold-4 60/60\|^fold-4 20/20" said || fail "the first try: $(cat said)"
run $page 4
[ -s metro-model/manifest.json ] || fail "no checkpoint"
run $page 5
[ "$(grep -cE '^(last|nlinear-day|lead:any|lead:metro-fine|lead:metro-model) +(1|20) +[0-9]+ ' said)" = 10 ] || fail "the scores: $(cat said)"
run $page 6
tr -s ' \n' ' ' <said | grep -q "The checkpoint metro-fine is of these nodes and this step" || fail "lead new does not find the checkpoint: $(cat said)"
grep -q "checkpoint: metro-fine" metro-lead.yaml || fail "metro-lead.yaml: $(cat metro-lead.yaml)"
if [ -s "$LEAD_BUILD/report.html" ]; then
    run $page 7
    [ -s out/metro-lead/report.html ] || fail "no report of metro-lead"
fi
grep -qE '"name": *"lead"' out/metro-lead/summary.json || [ ! -s "$LEAD_BUILD/report.html" ] || fail "no policy lead: $(cat out/metro-lead/summary.json)"
