# `lead report`: what it refuses, how large its pages are, and, in a headless Chromium, whether they show what the files say, to the
# mouse, to the keyboard, on a phone, and whether a node's name can become markup.
. "$LEAD_SOURCE/tests/integration/support.sh"
python=/usr/bin/python3 # Debian's, which has h5py
cd "$work"

# --- without npm the build succeeds, and the program says what is missing ---
mkdir built bare
bash "$LEAD_SOURCE/module/report/page/build.sh" "$work/built" false node >said 2>&1 || fail "a build without npm fails: $(cat said)"
grep -q 'note: npm ci failed' said || fail "a build without npm says nothing: $(cat said)"
[ ! -e built/report.html ] || fail "a build without npm made a page"
cp "$lead" "$LEAD_BUILD"/liblead.so* bare/
refused 'this build has no report page: npm .* install nodejs and npm' bare/lead report bare

command -v npm >/dev/null || { echo "skipped: no npm, and so no page"; exit 0; }
[ -s "$LEAD_BUILD/report.html" ] || fail "npm is here, but the build made no report.html: $(tail -n 5 "$LEAD_BUILD/report-page/npm.log")"
size=$(stat -c %s "$LEAD_BUILD/report.html")
holds "650e3 <= $size <= 790e3"

# --- runs ---
cat >net.csv <<'N'
src,dst,capacity_kbps
A<b>x,<img src=x onerror=alert(1)>,1000
<img src=x onerror=alert(1)>,A<b>x,1000
<img src=x onerror=alert(1)>,C,1000
C,<img src=x onerror=alert(1)>,1000
C,"D, </script><script>alert(2)</script>",1000
"D, </script><script>alert(2)</script>",C,1000
"D, </script><script>alert(2)</script>",A<b>x,1000
A<b>x,"D, </script><script>alert(2)</script>",1000
N
cat >small.yaml <<'Y'
name: small
topology: { file: net.csv }
traffic: { synthetic: { epochs: 48, history: 100 }, load: { optimal_mlu_peak: 0.8 } }
policies:
  - { name: static, te: { algorithm: ecmp } }
  - { name: sticky, predict: { model: last, samples: bootstrap }, te: { algorithm: robust, paths: 4, moved_cost: 0.3 } }
engine: fluid
events:
  - { kind: link-failure, link: "A<b>x-<img src=x onerror=alert(1)>", epoch: 10, duration: 30 min }
  - { kind: burst, pairs: "C>A<b>x", factor: 5, epoch: 30, duration: 20 min }
Y
"$lead" run small.yaml --out small >log 2>&1 || fail "$(cat log)"
rm -f small/*/tm.h5

# --- what is refused ---
refused 'report takes the folder of a run: lead report out/NAME' "$lead" report
refused 'there is no folder net.csv' "$lead" report net.csv --out page.html
mkdir empty
refused 'empty: neither summary.json .* nor whatif.csv' "$lead" report empty
[ ! -e empty/report.html ] || fail "a page of nothing was left"
cp -r small cut
sed -i '$s/,[^,]*,[^,]*$//' cut/static/links.csv
refused 'cut/static/links.csv:385: the row is cut' "$lead" report cut
cp -r small other
sed -i 's/^0,A<b>x,/0,B,/' other/sticky/links.csv
refused 'other/sticky/links.csv:2: link B-<img .*: its file is another one' "$lead" report other
echo "no HDF5" >other/static/tm.h5
sed -i 's/^0,B,/0,A<b>x,/' other/sticky/links.csv
refused 'other/static/tm.h5: this is no HDF5 file' "$lead" report other

# --- the page ---
"$lead" report small >said || fail "$(cat said)"
grep -qE '^small/report.html: 0\.[67][0-9] MB' said || fail "$(cat said)"
page_json() { # FILE EXPRESSION: of the page's data
    "$python" - "$@" <<'PY'
import json, re, sys
data = json.loads(re.search(r'id="lead-data">(.*?)</script>', open(sys.argv[1], encoding="utf-8").read(), re.S)[1])
assert eval(sys.argv[2], {"data": data, "run": data["runs"][0] if data["runs"] else None}), sys.argv[2]
PY
}
page_json small/report.html 'run["policies"][0]["matrices"]["missing"] == "small/static/tm.h5"'
page_json small/report.html 'run["files"][0]["sha256"] == "'"$(sha256sum net.csv | cut -d' ' -f1)"'"'
page_json small/report.html '[v["against"] for v in run["verdicts"]] == ["static", "sticky"] and run["verdicts"][0]["rows"]'
[ "$(tail -n +2 small/sticky/anomalies.csv | grep -c ',C>A<b>x,')" -ge 1 ] || fail "no anomaly to show: $(cat small/sticky/anomalies.csv)"
page_json small/report.html 'run["policies"][0]["anomalies"] is None and any("C>A<b>x" in row for row in run["policies"][1]["anomalies"]["rows"])'
[ "$(grep -c '<img src=x' small/report.html)" = 0 ] || fail "a name stands in the page as markup"
"$lead" report small --out again.html >said
cmp small/report.html again.html || fail "the same run gives another page"

cp -r small again
"$lead" run small.yaml --out again >log 2>&1 || fail "$(cat log)"
[ ! -e again/report.html ] || fail "the report of an earlier run stays beside another run"

# Elsewhere, where the network's file is not: drawn from links.csv, and said.
cp -r small moved
sed -i "s|$work/net.csv|$work/gone.csv|" moved/scenario.yaml
"$lead" report moved >said || fail "$(cat said)"
page_json moved/report.html '"gone.csv" in run["network_missing"] and len(run["network"]["links"]) == 8'

# Two runs, and a what-if.
"$lead" run small.yaml --out seed2 --set seed=2 >log 2>&1 || fail "$(cat log)"
"$lead" report small seed2 --out two.html >said || fail "$(cat said)"
page_json two.html 'len(data["runs"]) == 2 and "verdicts_with_first" in data["runs"][1]'
sed '/^events/,$d' small.yaml >plain.yaml
"$lead" whatif plain.yaml --single-link-failures --out whatif >log 2>&1 || fail "$(cat log)"
"$lead" report whatif >said || fail "$(cat said)"
page_json whatif/report.html 'len(data["whatifs"][0]["table"]["rows"]) == 20 and len(data["whatifs"][0]["critical"]["rows"]) == 8'
"$lead" test plain.yaml --update --out tested >log 2>&1 || fail "$(cat log)"
"$lead" test plain.yaml --out tested --set policies.sticky.te.moved_cost=1 >log 2>&1 || true
"$lead" report tested >said || fail "$(cat said)"
page_json tested/report.html 'data["test"]["scenarios"][0]["policies"][1]["verdict"] != "same" and len(data["runs"]) == 1'

# A run of which no policy came to its end: the page says so.
cp -r small failed
"$python" - <<'PY'
import json
summary = json.load(open("failed/summary.json"))
summary["failed"] = [{"name": policy["name"], "why": "it <b>crashed"} for policy in summary["policies"]]
summary["policies"] = []
json.dump(summary, open("failed/summary.json", "w"))
PY
"$lead" report failed >said || fail "$(cat said)"

# --- a week of Abilene under four policies, with matrices: below 5 MB ---
"$python" "$LEAD_SOURCE/tests/report/make_tm_h5.py" small --without static
"$lead" report small >said || fail "$(cat said)"
cat >week.yaml <<Y
name: week
topology: { file: $LEAD_SOURCE/scenarios/abilene.yaml }
traffic: { synthetic: { epochs: 2016, history: 30 }, load: { optimal_mlu_peak: 0.8 } }
policies:
  - { name: static, te: { algorithm: ecmp } }
  - { name: inverse, predict: { model: last }, te: { algorithm: ecmp, weights: inverse-capacity } }
  - { name: ewma, predict: { model: ewma }, te: { algorithm: mcf } }
  - { name: mcf, predict: { model: last }, te: { algorithm: mcf } }
engine: fluid
Y
"$lead" run week.yaml --out week >log 2>&1 || fail "$(cat log)"
"$python" "$LEAD_SOURCE/tests/report/make_tm_h5.py" week --without static
"$lead" report week >said || fail "$(cat said)"
holds "$(stat -c %s week/report.html) < 5e6"

# --- in a browser ---
command -v chromium >/dev/null || { echo "skipped: no chromium"; exit 0; }
browser=$LEAD_BUILD/report-tests
if ! cmp -s "$LEAD_SOURCE/tests/report/package-lock.json" "$browser/installed"; then
    mkdir -p "$browser"
    cp "$LEAD_SOURCE"/tests/report/package*.json "$browser/"
    (cd "$browser" && npm ci --ignore-scripts --no-audit --no-fund) >log 2>&1 || fail "npm ci of playwright-core: $(tail -n 5 log)"
    cp "$LEAD_SOURCE/tests/report/package-lock.json" "$browser/installed"
fi
cp "$LEAD_SOURCE/tests/report/browser.mjs" "$browser/"
expected() { # RUN POLICY: the first OD pair of the page, the one with the most traffic, as tm.h5 has it
    "$python" - "$@" <<'PY'
import json, sys
import h5py, numpy as np
run, policy = sys.argv[1:]
file = h5py.File(f"{run}/{policy}/tm.h5")
traffic = file["traffic"][:]
total = traffic.sum(axis=0, dtype="f8")
np.fill_diagonal(total, 0)
pair = np.unravel_index(total.argmax(), total.shape)
plain = lambda values: [None if np.isnan(value) else float(value) for value in values]
median = file["forecast_quantiles"][:, 4, pair[0], pair[1]]
hostile = [name.decode() for name in file["src"][:] if b"<img" in name or b"STTLng" in name][0]
json.dump({"policy": policy, "truth": plain(traffic[:, pair[0], pair[1]]), "median": plain(median), "hostile": hostile}, sys.stdout)
PY
}
expected small sticky >expected.json
node "$browser/browser.mjs" "$work/small/report.html" small expected.json || fail "the page of a small run"
for page in week whatif tested two.html; do
    path=$work/$page
    [ -f "$path" ] || path=$path/report.html
    node "$browser/browser.mjs" "$path" small expected.json "$work/picture" || fail "the page of $page"
done
node "$browser/browser.mjs" "$work/failed/report.html" small expected.json "$work/nothing" >said || fail "the page of a run that failed"
grep -q 'No policy of failed came to its end.*static: it <b>crashed' said || fail "the page of a run that failed says: $(cat said)"
for picture in picture-1280-light picture-390-dark; do [ -s $picture.png ] || fail "no picture"; done
