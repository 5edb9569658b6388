# Every command that the guide and the README show in a ```sh block runs: the guide's here, in a folder with the files it
# names; ./run.sh and ./test.sh are run by people and by CI. Every scenario shown is in order, every file linked is there.
. "$LEAD_SOURCE/tests/integration/support.sh"
mkdir -p "$work/at/scenarios"
cp "$LEAD_SOURCE"/scenarios/*.yaml "$work/at/scenarios/"
sed -i 's/epochs: 288, history: 8640/epochs: 3, history: 600/; s/engine: ns3/engine: fluid/; /name: lead,/d' "$work/at/scenarios/abilene-synthetic.yaml"
cd "$work/at"
blocks() { # FILE LANGUAGE: the text of its blocks
    awk -v begin="^\`\`\`$2\$" '$0 ~ begin { inside = 1; next } /^```/ { if (inside) print "#---"; inside = 0 } inside' "$1"
}
PATH=$LEAD_BUILD:$PATH
blocks "$LEAD_SOURCE/docs/guide.md" sh | grep -v '^#---' >commands
[ "$(grep -c . commands)" -ge 5 ] || fail "the guide shows no commands"
while read -r line; do
    bash -c "$line" >said 2>&1 || fail "the guide's \"$line\": $(cat said)"
done <commands
blocks "$LEAD_SOURCE/README.md" sh | grep -q '^./run.sh' || fail "the README does not show ./run.sh"

# The README's questions, under the policies that are quick; `lead test` runs in test_policies.sh.
blocks "$LEAD_SOURCE/README.md" sh | grep "^lead whatif" >commands
[ "$(grep -c . commands)" = 3 ] || fail "the README asks $(grep -c . commands) questions"
sed 's/^name: .*/name: my-network/' scenarios/abilene-synthetic.yaml >my-network.yaml
sed -i '/tm:/! s/epochs: 3, history: 600/epochs: 4, history: 600/; /algorithm: robust/d' my-network.yaml
sed -i 's/topology: { file: abilene.yaml }/topology: { file: scenarios\/abilene.yaml }/' my-network.yaml
while read -r line; do
    [[ $line != *abilene-day* || -n ${LEAD_DATA:-} ]] || continue
    [[ $line != *abilene-day* ]] || line="$line --policy static,reactive"
    bash -c "$line" >said 2>whines || fail "the README's \"$line\": $(cat said whines)"
    for policy in static reactive; do # the first five lines answer
        head -n 5 said | grep -qE "^$policy +(MLU [0-9.]+ .* % lost; (back|not back)|link [A-Z].* [0-9.]+ +[0-9.]+ +[0-9.]+ [A-Z][A-Za-z0-9]+-)" ||
            fail "the README's \"$line\" does not answer for $policy: $(head -n 5 said)"
    done
    awk 'length > 80 { exit 1 }' said || fail "wider than 80 columns: $(cat said)"
done <commands

# The page on reports, of a run, a second one, a what-if and a test of small scenarios.
if [ -s "$LEAD_BUILD/report.html" ]; then
    sed -e 's/^name: .*/name: my-day/' my-network.yaml >my-day.yaml
    lead run my-day.yaml >said 2>&1 && lead run my-day.yaml --out out/my-day-2 --set seed=2 >said 2>&1 &&
        lead whatif my-day.yaml --policy static --load-sweep 1,1.1 --out out/my-day-whatif >said 2>&1 &&
        lead test my-day.yaml --update >said 2>&1 || fail "what docs/report.md shows: $(cat said)"
    blocks "$LEAD_SOURCE/docs/report.md" sh | grep -v '^#---' >commands
    [ "$(grep -c . commands)" = 4 ] || fail "docs/report.md shows $(grep -c . commands) commands"
    bash -e commands >said 2>&1 || fail "docs/report.md: $(cat said)"
    [ -s out/my-day/report.html ] && [ -s both.html ] && [ -s out/my-day-whatif/report.html ] && [ -s out/test/report.html ] || fail "docs/report.md: $(ls out)"
fi

# The page on anomalies: the burst that it shows is one, of its source; its scenarios' keys are keys.
cat >my-day.yaml <<'Y'
name: my-day
topology: { file: scenarios/abilene.yaml }
traffic: { synthetic: { epochs: 110, history: 600, burst_rate: 0 } }
policies: [ { name: reactive, predict: { model: last }, te: { algorithm: ecmp } } ]
engine: fluid
Y
blocks "$LEAD_SOURCE/docs/detect.md" sh | grep -v '^#---' >commands
[ "$(grep -c . commands)" = 2 ] || fail "docs/detect.md shows $(grep -c . commands) commands"
bash -e commands >said 2>&1 || fail "docs/detect.md: $(cat said)"
grep -q '^96,.*,source,ATLAng>\*$' said || fail "docs/detect.md: no burst is found: $(cat said)"
blocks "$LEAD_SOURCE/docs/detect.md" yaml | grep -q 'detect: { level: 1e-3, quiet: 3 }' || fail "docs/detect.md shows no detect:"
{ sed '/^policies/d' my-day.yaml; blocks "$LEAD_SOURCE/docs/detect.md" yaml | grep -v '^#---'; } >shown.yaml
lead validate shown.yaml >said 2>&1 || fail "docs/detect.md's scenario: $(cat said)"
for file in anomalies surprise; do
    for column in $(head -n 1 out/my-day/reactive/$file.csv | tr , ' '); do
        grep -q "\`$column\`" "$LEAD_SOURCE/docs/results.md" || fail "docs/results.md does not tell of $column in $file.csv"
    done
done

# The README's scenario, on the data if they are here.
if [ -n "${LEAD_DATA:-}" ] && has_ns3; then
    blocks "$LEAD_SOURCE/README.md" yaml | sed '/#---/q' | grep -v '#---' >scenarios/readme.yaml
    sed -i '/model: lead/d' scenarios/readme.yaml
    "$LEAD_BUILD/lead" validate scenarios/readme.yaml >said 2>&1 || fail "the README's scenario: $(cat said)"
    "$LEAD_BUILD/lead" validate scenarios/abilene-day.yaml >said 2>&1 || grep -q checkpoint said || fail "abilene-day: $(cat said)"
fi

# The commands of the page on scores, on fewer windows.
if [ -n "${LEAD_DATA:-}" ] && [ -e "$LEAD_BUILD/liblead-torch.so" ]; then
    mkdir scores
    blocks "$LEAD_SOURCE/docs/evaluate.md" sh | sed 's/--windows 200/--windows 2/' >commands
    (cd scores && bash -e ../commands) >said 2>&1 || fail "docs/evaluate.md: $(cat said)"
    [ "$(grep -cE '^(last|nlinear|nlinear-day|lead:abilene-80) +(1|20) +2 ' said)" = 14 ] || fail "the rows of docs/evaluate.md: $(cat said)"
    [ -s scores/scores.json ] || fail "no scores.json"
fi

# Every column that a run writes is on the page on results.
printf 'name: columns\ntopology: { file: scenarios/abilene.yaml }\ntraffic: { synthetic: { epochs: 2, history: 9 } }\npolicies: [ { name: p, te: { algorithm: ecmp } } ]\nengine: fluid\n' >columns.yaml
lead run columns.yaml --out columns >/dev/null 2>&1
for file in epochs links timings; do
    for column in $(head -n 1 columns/p/$file.csv | tr , ' '); do
        grep -q "\`$column\`" "$LEAD_SOURCE/docs/results.md" || fail "docs/results.md does not tell of $column in $file.csv"
    done
done
for column in $(head -n 1 columns/summary.csv | tr , ' '); do # GROUP_KEY
    rest=$column
    until grep -q "\`$rest\`" "$LEAD_SOURCE/docs/results.md"; do
        [ "$rest" != "${rest#*_}" ] || fail "docs/results.md does not tell of $column in summary.csv"
        rest=${rest#*_}
    done
done

lead whatif columns.yaml --out columns-whatif --single-link-failures --demand-limit >/dev/null 2>&1
for file in runs whatif periods links critical; do # NAME, NAME_undisturbed, NAME_change, _low and _high
    [ -s columns-whatif/$file.csv ] || fail "lead whatif wrote no $file.csv"
    for column in $(head -n 1 columns-whatif/$file.csv | tr , ' '); do
        grep -qE "\`($column|$(sed -E 's/_undisturbed$|_change(_low|_high)?$//' <<<"$column"))\`" "$LEAD_SOURCE/docs/whatif.md" || fail "docs/whatif.md does not tell of $column in $file.csv"
    done
done

# The version that is cited, and described, is the one that there is.
version=$("$LEAD_BUILD/lead" info | sed -n 's/^ns3-lead \([^ ]*\).*/\1/p')
grep -qx "version: $version" "$LEAD_SOURCE/CITATION.cff" || fail "CITATION.cff is not of version $version"
grep -q "^## $version" "$LEAD_SOURCE/CHANGELOG.md" || fail "CHANGELOG.md does not tell of version $version"

# Links between pages.
for page in "$LEAD_SOURCE"/*.md "$LEAD_SOURCE"/docs/*.md; do
    { grep -oE '\]\([^)]+\)' "$page" || true; } | sed 's/^](//; s/)$//' | { grep -v '^http' || true; } | while read -r link; do
        [ -e "$(dirname "$page")/$link" ] || fail "$page links to $link, which is not there"
    done
done

# Every key of the reference is one that the program knows, and every algorithm it knows is in the reference.
for name in $("$LEAD_BUILD/lead" info | awk '/^[^ ]/ { wanted = /^(engines|estimators|predictors|algorithms) / } wanted { sub(/^[a-z]+ /, ""); print }' | tr -d ,); do
    grep -q "\`$name\`" "$LEAD_SOURCE/docs/scenario.md" || fail "docs/scenario.md does not tell of $name"
done
