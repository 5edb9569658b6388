# Events in runs: what every kind does to the records, on both engines; and what `lead validate` says of those that cannot happen.
. "$LEAD_SOURCE/tests/integration/support.sh"
cd "$work"
scenario() { # ENGINE TIME EVENTS
    cat <<END
name: s
topology: { file: $LEAD_SOURCE/scenarios/abilene.yaml }
traffic:
  synthetic: { epochs: 8, history: 300 }
  load: { optimal_mlu_peak: 0.15 }
time: { epoch: 300 s$2 }
policies:
  - { name: oracle, predict: { model: oracle }, te: { algorithm: mcf } }
  - { name: ecmp, te: { algorithm: ecmp } }
engine: $1
events: [ $3 ]
END
}
run() { # NAME ENGINE TIME EVENTS
    scenario "$2" "$3" "$4" >"$1.yaml"
    "$lead" run "$1.yaml" --out "$1" >said 2>&1 || fail "$1: $(cat said)"
}
cat >holds.py <<'END'
"""holds.py RUN POLICY CONDITION: of rows r (r[3].mlu) of a run's epochs.csv, and events e."""
import csv, math, os, sys, types
def read(path):
    number = lambda v: float(v) if v else math.nan
    with open(path) as file:
        return [types.SimpleNamespace(**{k: v if k in ("time", "why", "fallbacks", "kind", "action", "target", "value") else number(v) for k, v in row.items()})
                for row in csv.DictReader(file)]
run, policy, condition = sys.argv[1:]
r = read(f"{run}/{policy}/epochs.csv")
e = read(f"{run}/events.csv") if os.path.exists(f"{run}/events.csv") else []
b = read(f"still/{policy}/epochs.csv")
near = lambda x, y, d=1e-6: abs(x - y) <= d * max(1, abs(y))
isnan = math.isnan
for row in r:
    assert near(row.loss_fraction, row.loss_congestion + row.loss_transient + row.loss_disconnected, 1e-8), f"epoch {row.epoch}: the parts do not sum to the loss"
if not eval(condition):
    sys.exit(f"{run}/{policy}: not {condition}")
END
holds() { python3 holds.py "$@" || fail "$(tail -3 "$1/$2/epochs.csv")"; }

run still fluid "" ""
[ ! -e still/events.csv ] || fail "a run without events has events.csv"

# A failure is lost traffic for a second of the epoch, not for all of it; then the IGP's paths, then the plan's.
run link fluid "" "{ kind: link-failure, link: KSCYng-IPLSng, epoch: 3, duration: 600 s }"
for policy in oracle ecmp; do
    holds link $policy "r[3].network_changed == 1 and r[5].network_changed == 1 and sum(x.network_changed for x in r) == 2"
    holds link $policy "0 < r[3].loss_transient < 1 / 300 and r[4].loss_fraction == 0 and r[3].loss_disconnected == 0"
    holds link $policy "all(near(x.offered_bps, y.offered_bps) for x, y in zip(r, b))"
    holds link $policy "all(near(r[i].mlu, b[i].mlu) for i in (0, 1, 2, 6, 7))"
done
holds link oracle "all(near(r[i].mlu_over_optimum, 1, 1e-4) for i in (0, 1, 2, 4, 6, 7))"
holds link oracle "r[3].mlu_over_optimum > 0.997 and r[4].mlu > b[4].mlu"
holds link oracle "[(x.epoch, x.kind, x.action, x.target) for x in e] == [(3, 'link-failure', 'begin', 'KSCYng-IPLSng'), (5, 'link-failure', 'end', 'KSCYng-IPLSng')]"
grep -q "^policy  *all  *queues  *re-routing  *path" said || fail "the table of losses: $(cat said)"
# Local repair is twenty times faster; a protocol that never hears loses it until the next plan.
for delay in "50 ms:0.05" "100 s:100" "300 s:300"; do
    { scenario fluid "" "{ kind: link-failure, link: KSCYng-IPLSng, epoch: 3 }"; echo "reconvergence: ${delay%%:*}"; } >slow.yaml
    "$lead" run slow.yaml --out slow >/dev/null 2>&1
    ratio=$(python3 -c "
import csv
at = lambda run: float(list(csv.DictReader(open(run + '/ecmp/epochs.csv')))[3]['loss_transient'])
print(at('slow') / at('link'))")
    python3 -c "assert abs($ratio / ${delay##*:} - 1) < 1e-6, $ratio" || fail "reconvergence ${delay%%:*}: $ratio times the loss"
done
run quick fluid "" "{ kind: link-failure, link: KSCYng-IPLSng, epoch: 3 }, { kind: reconvergence, delay: 50 ms, epoch: 2, duration: 600 s }"
holds quick ecmp "0 < r[3].loss_transient < 0.06 / 300"
# In the middle of an epoch there is no one optimum.
run middle fluid "" "{ kind: link-failure, link: KSCYng-IPLSng, epoch: 3, offset: 150 s }"
holds middle oracle "isnan(r[3].optimum) and isnan(r[3].mlu_over_optimum) and near(r[4].mlu_over_optimum, 1, 1e-4)"

# Planned: nothing is lost, and the plan knows from the start of the epoch on.
run planned fluid "" "{ kind: maintenance, link: KSCYng-IPLSng, epoch: 3, offset: 100 s, duration: 500 s }"
holds planned oracle "r[3].loss_fraction == 0 and r[3].network_changed == 0 and near(r[3].mlu_over_optimum, 1, 1e-4) and r[3].mlu > b[3].mlu"

# A node takes its traffic with it.
run node fluid "" "{ kind: node-failure, node: IPLSng, epoch: 3, duration: 600 s }"
holds node oracle "near(r[3].withdrawn_bps + r[3].offered_bps, b[3].offered_bps) and r[3].withdrawn_bps > 0 and r[5].withdrawn_bps == 0"
holds node oracle "r[4].loss_fraction == 0 and near(r[4].mlu_over_optimum, 1, 1e-4) and r[4].disconnected_bps == 0"
# A node without another way is cut off: no transient loss once that is known.
run cut fluid "" "{ kind: link-failure, link: ATLAM5-ATLAng, epoch: 3 }"
holds cut ecmp "r[4].loss_transient == 0 and near(r[4].loss_disconnected, r[4].disconnected_bps / r[4].offered_bps, 1e-6) and r[4].loss_disconnected > 0"
holds cut ecmp "near(r[3].loss_disconnected, r[3].disconnected_bps / r[3].offered_bps, 1e-6) and r[3].loss_transient < 1e-9"

# Capacity, bursts.
run half fluid "" "{ kind: capacity, link: KSCYng-IPLSng, factor: 0.25, epoch: 3, duration: 600 s }"
holds half oracle "all(near(r[i].mlu_over_optimum, 1, 1e-4) for i in (0, 1, 2, 4, 6, 7)) and r[4].mlu > b[4].mlu and near(r[6].mlu, b[6].mlu)"
holds half oracle "[x.network_changed for x in r] == [0, 0, 0, 1, 0, 1, 0, 0]"
run thin fluid "" "{ kind: capacity, link: KSCYng-IPLSng, capacity: 1 Gbit/s, epoch: 0 }"
holds thin oracle "all(near(x.mlu_over_optimum, 1, 1e-4) for x in r)"
grep -q "^3,IPLSng,KSCYng,2.48e+09," half/oracle/links.csv || fail "$(grep "^3,IPLSng,KSCYng" half/oracle/links.csv)"
run burst fluid "" "{ kind: burst, pairs: ATLAM5>CHINng, factor: 10, epoch: 3, duration: 300 s }, { kind: burst, pairs: '*>NYCMng', rate: 100 Mbit/s, epoch: 5, duration: 150 s }"
holds burst oracle "near(r[5].offered_bps, b[5].offered_bps + 5e7) and r[3].offered_bps > b[3].offered_bps and near(r[4].offered_bps, b[4].offered_bps) and all(near(x.mlu_over_optimum, 1, 1e-4) for x in r)"
holds burst oracle "near(e[0].traffic_bps, r[3].offered_bps - b[3].offered_bps) and near(e[2].traffic_bps, 1e8)"
python3 - <<'PY' || fail "$(head -3 burst/oracle/pairs.csv)"
import csv
rows = list(csv.DictReader(open("burst/oracle/pairs.csv")))
pairs = {(r["src"], r["dst"]) for r in rows}
assert ("ATLAM5", "CHINng") in pairs and len(pairs) == 12 and len(rows) == 8 * 12, pairs
one = [r for r in rows if (r["src"], r["dst"]) == ("ATLAM5", "CHINng")]
for i, r in enumerate(one):
    true, without = float(r["true_bps"]), float(r["without_bursts_bps"])
    assert abs(true / without - (10 if i == 3 else 1)) < 1e-6, r
    assert abs(float(r["forecast_bps"]) - true) < 1e-6 * true, r
PY
[ ! -e node/oracle/pairs.csv ] || fail "pairs.csv without a burst"

# Counters that do not answer, forecasts and plans that fail: what the controller does is its fallback.
run blind fluid "" "{ kind: blackout, epoch: 3, duration: 600 s }"
holds blind oracle "[int(x.gaps > 0) for x in r] == [0, 0, 0, 0, 1, 1, 1, 0]" # a rate needs two readings
holds blind oracle "all(near(x.mlu, y.mlu) for x, y in zip(r, b))"
for fault in late nan crash; do
    run $fault fluid "" "{ kind: forecast-fault, fault: $fault, epoch: 3, duration: 300 s, policies: oracle }, { kind: plan-fault, fault: $fault, epoch: 5, duration: 1 s }"
done
holds late oracle "[x.fallbacks for x in r] == ['', '', '', 'PREDICT_LATE', '', 'PLAN_LATE', '', '']"
holds nan oracle "[x.fallbacks for x in r] == ['', '', '', 'PREDICT', '', 'PLAN', '', '']"
holds crash oracle "[x.fallbacks for x in r] == ['', '', '', 'PREDICT', '', 'PLAN', '', ''] and 'crash' in r[3].why"
# A plan that fails after a failure: the old one goes on, around what is down.
run stale fluid "" "{ kind: link-failure, link: KSCYng-IPLSng, epoch: 3 }, { kind: plan-fault, fault: crash, epoch: 4 }"
holds stale oracle "r[3].loss_transient > 0 and all(x.loss_fraction == 0 for x in r[4:]) and r[4].fallbacks == 'PLAN'"

# What is drawn is the run's seed's, and stands in events.csv; the resolved scenario gives the same run.
run drawn fluid "" "{ kind: link-failure, link: random, at: random, duration: 300 s, every: 600 s }, { kind: blackout, share: 0.2, counters: wrapped, epoch: 0 }"
grep -q 'counters wrapped; share 0\.2,' drawn/events.csv || fail "a share of 0.2 is written otherwise: $(grep share drawn/events.csv)"
"$lead" run drawn/scenario.yaml --out again >/dev/null 2>&1
cmp drawn/events.csv again/events.csv && cmp drawn/oracle/epochs.csv again/oracle/epochs.csv || fail "the resolved scenario gives another run"

# The packet engine: the same losses within what packets and a second's part of the epoch allow.
if "$lead" info | grep -q ns3; then
    run link3 ns3 ", simulated: 6 s, rate_scale: 1e-3" "{ kind: link-failure, link: KSCYng-IPLSng, epoch: 3, duration: 600 s }, { kind: capacity, link: ATLAng-HSTNng, factor: 0.5, epoch: 6 }"
    run node3 ns3 ", simulated: 6 s, rate_scale: 1e-3" "{ kind: node-failure, node: IPLSng, epoch: 3, duration: 600 s }"
    holds link3 ecmp "r[3].network_changed == 1 and 0 < r[3].loss_transient < 4 / 300 and r[4].loss_transient == 0"
    holds node3 ecmp "near(r[4].offered_bps + r[4].withdrawn_bps, b[4].offered_bps) and r[4].loss_fraction < 0.01"
    awk -F, '$1 == 4 && ($2 == "IPLSng" || $3 == "IPLSng") && $5 > 0 { bad = 1 } END { exit bad }' node3/ecmp/links.csv || fail "a dead node's links carry"
fi

# What happens between two laps or readings changes nothing, and is said; `lead validate` says what will happen.
scenario fluid "" "{ kind: forecast-fault, epoch: 2, offset: 10 s, duration: 100 s }, { kind: blackout, epoch: 3, offset: 10 s, duration: 200 s }, { kind: link-failure, link: KSCYng-IPLSng, epoch: 3, duration: 1 h }" >missed.yaml
"$lead" validate missed.yaml >shown 2>said || fail "$(cat said)"
grep -q "events\[0\]: from 610 to 710 s after the start no forecast or plan is made" said && grep -q "events\[1\]: from 910 to 1110 s after the start no counter is read" said || fail "$(cat said)"
grep -q "^  2004-07-20T00:15:00Z, epoch 3: link-failure KSCYng-IPLSng, for 3600 s" shown || fail "$(cat shown)"

# So is what never comes since what is before it never ends, and policies that are none.
scenario fluid "" "{ kind: link-failure, link: KSCYng-IPLSng, epoch: 1, every: 5 min }, { kind: burst, pairs: '*', factor: 2, epoch: 1, decay: 5 min }, { kind: plan-fault, epoch: 2, policies: 'oracle, ecpm' }, { kind: plan-fault, epoch: 2, policies: '' }, { kind: link-failure, link: random, epoch: 1, every: 15 min }" >endless.yaml
"$lead" validate endless.yaml >shown 2>said || fail "$(cat said)"
diff said - <<'END' || fail "$(cat said)"
lead: warning: events[0]: it comes again every 300 s, and lasts to the end of the run each time: state its duration
lead: warning: events[1]: its top lasts to the end of the run, so that its decay of 300 s never comes: state its duration
lead: warning: events[2].policies: "ecpm" is no policy of this run: did you mean ecmp?
lead: warning: events[3].policies: it names no policy
END
"$lead" run endless.yaml --out endless >shown 2>said || fail "$(cat said)"
[ "$(grep -c '"ecpm" is no policy' said)" = 1 ] || fail "$(cat said)"

# So are values and faults that change nothing.
scenario fluid "" "{ kind: burst, pairs: '*', factor: 1, epoch: 1 }, { kind: capacity, link: KSCYng-IPLSng, factor: 1, epoch: 1 }, { kind: blackout, share: 0, epoch: 1 }, { kind: reconvergence, delay: 5 s, epoch: 2, duration: 600 s }, { kind: link-failure, link: KSCYng-IPLSng, epoch: 5 }, { kind: forecast-fault, policies: 'oracle, ecmp', epoch: 1 }" >nothing.yaml
"$lead" validate nothing.yaml >shown 2>said || fail "$(cat said)"
diff said - <<'END' || fail "$(cat said)"
lead: warning: events[3]: from 600 to 1200 s after the start no link or node fails: it changes nothing (epochs are 300 s)
lead: warning: events[0].factor: 1 changes nothing
lead: warning: events[1].factor: 1 changes nothing
lead: warning: events[2].share: 0 changes nothing
lead: warning: events[5]: policy "ecmp" makes no forecasts: the fault changes nothing of it
END

# What comes again may have begun before the run.
scenario fluid "" "{ kind: link-failure, link: KSCYng-IPLSng, at: 2004-07-18T00:15:00Z, every: 24 h, duration: 600 s }" >daily.yaml
"$lead" validate daily.yaml >shown 2>said || fail "$(cat said)"
grep -q "^  2004-07-20T00:15:00Z, epoch 3: link-failure KSCYng-IPLSng, for 600 s" shown || fail "$(cat shown)"

# What cannot happen is said with its place.
bad() { # EVENTS MESSAGE
    scenario fluid "" "$1" >bad.yaml
    for command in validate run; do refused "$2" "$lead" $command bad.yaml; done
}
bad "{ kind: link-failure, link: KSCYng-NYCMng, epoch: 1 }" 'bad.yaml:[0-9]*: events\[0\].link: the network has no link "KSCYng-NYCMng"'
bad "{ kind: link-failure, link: KSCYng-IPLSng, epoch: 8 }" 'events\[0\].epoch: epoch 8 does not come: the run has 8 epochs'
bad "{ kind: link-failure, link: KSCYng-IPLSng, at: 12:00 }" 'events\[0\].at: 12:00 is not in the run, which goes from 2004-07-20T00:00:00Z to 2004-07-20T00:40:00Z'
bad "{ kind: burst, pairs: ATLAM5>X, epoch: 1, factor: 2 }" 'events\[0\].pairs: "ATLAM5>X" is none of'
if has_ns3; then
    scenario ns3 ", simulated: 2 s, rate_scale: 1e-3" "{ kind: capacity, link: KSCYng-IPLSng, factor: 1e-9, epoch: 1 }" >tiny.yaml
    for command in validate run; do
        refused 'tiny.yaml:[0-9]*: events: link (KSCYng-IPLSng|IPLSng-KSCYng) after an event: the engine ns3 cannot simulate a link of [0-9.]+ bit/s: times rate_scale \(0.001\) it must be in 1..1e\+15' "$lead" $command tiny.yaml
    done
    "$lead" validate tiny.yaml --engine fluid >/dev/null 2>&1 || fail "the fluid engine has no such limit"
fi
bad "{ kind: quake, epoch: 1 }" 'events\[0\].kind: "quake" is none of link-failure'
# On the command line: the same run; errors name the option.
scenario fluid "" "{ kind: link-failure, link: KSCYng-IPLSng, epoch: 3, duration: 600 s }" >file.yaml
scenario fluid "" "" >none.yaml
"$lead" run none.yaml --event "kind: link-failure, link: KSCYng-IPLSng, epoch: 3, duration: 600 s" --out given >/dev/null 2>&1
cmp given/oracle/epochs.csv link/oracle/epochs.csv && cmp given/events.csv link/events.csv || fail "--event gives another run"
refused "--event: the event:1: .*Unexpected key: speed" "$lead" validate none.yaml --event "kind: burst, speed: 3"
refused "none.yaml: events\[0\].link: the network has no link" "$lead" validate none.yaml --event "kind: link-failure, link: A-B, epoch: 1"
refused "with --event: none.yaml: events\[0\].at: is needed" "$lead" validate none.yaml --event "{ kind: link-failure, link: A-B }"

# The name that validate had.
"$lead" check none.yaml >old 2>said || fail "$(cat said)"
"$lead" validate none.yaml >new 2>/dev/null
diff <(sed 's/took .*//; s/up to .*//' old) <(sed 's/took .*//; s/up to .*//' new) || fail "check is not validate"
grep -q 'is called .lead validate. now' said || fail "$(cat said)"
