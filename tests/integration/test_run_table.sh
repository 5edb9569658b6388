# What `lead run` prints: whole names within 80 columns, TCP's flow times, and that a policy did mostly something else.
. "$LEAD_SOURCE/tests/integration/support.sh"
cd "$work"
scenario() { # engine, packets
    cat <<Y
name: table
topology: { file: $LEAD_SOURCE/scenarios/abilene.yaml }
traffic:
  synthetic: { epochs: 4, history: 10 }
  packets: { model: $2 }
time: { epoch: 300 s, simulated: 200 ms, rate_scale: 1e-3 }
policies:
  - { name: short, te: { algorithm: ecmp } }
  - { name: a-name-of-more-than-eleven-letters, predict: { model: last }, te: { algorithm: mcf } }
  - { name: broken, predict: { model: torchscript, checkpoint: ./short.pt }, te: { algorithm: mcf } }
engine: $1
Y
}
# A module that asks for a longer history than there is falls back in every epoch.
cp "$LEAD_SOURCE/models/tests/fixtures/last.pt" short.pt
without_model() { grep -v broken; }
has_torch() { "$lead" info | grep -q '^models *libtorch' && [ -e "$LEAD_BUILD/liblead-torch.so" ]; }
if has_torch; then
    scenario fluid poisson | sed 's/history: 10/history: 0/' >s.yaml
    "$lead" run s.yaml --out o >table 2>log || fail "$(cat log)"
    tail -n 1 log | grep -q 'warning: policy "broken" fell back in [34] of 4 epochs, in [0-9] of them on PREDICT' || fail "not told: $(cat log)"
    ! grep -q 'policy "short" fell back\|letters" fell back' log || fail "told of others: $(cat log)"
    grep -q '"fallback_why": "PREDICT' o/summary.json || fail "$(cat o/summary.json)"
else
    scenario fluid poisson | without_model >s.yaml
    "$lead" run s.yaml --out o >table 2>log || fail "$(cat log)"
fi
grep -q '^a-name-of-more-than-eleven-letters$' table || fail "a name is cut: $(cat table)"
grep -q '^short ' table || fail "$(cat table)"
! grep -q 'TCP' table || fail "flow times without TCP: $(cat table)"
[ "$(awk 'length > 80' table | wc -l)" = 0 ] || fail "wider than 80 columns: $(cat table)"
if has_ns3; then
    scenario ns3 tcp | without_model >s.yaml
    "$lead" run s.yaml --out o >table 2>log || fail "$(cat log)"
    sed -n '/TCP flows, s/,$p' table | grep -Eq '^short +[0-9.]+ +[0-9.]+$' || fail "no flow times: $(cat table)"
fi
