# The life of an attached controller 10,000 times in one process (tests/ns3/attach_life.cc): locale with a decimal comma, GSL's aborting
# handler, memory refused at random; then a few hundred lives of other policies.
. "$LEAD_SOURCE/tests/integration/support.sh"
localedef -i de_DE -f UTF-8 "$work/de_DE.UTF-8" >/dev/null 2>&1 || fail "localedef makes no locale (Debian package locales)"
lives() { # COUNT POLICY
    printf 'name: x\ntime: { epoch: 1 s, simulated: 200 ms }\npolicies: [ { name: p, %s } ]\n' "$2" >"$work/c.yaml"
    LOCPATH=$work "$LEAD_BUILD/attach_life" "$work/c.yaml" "$work/out" "$1" 20 || fail "$2"
}
lives 10000 "predict: { model: last }, te: { algorithm: mcf }"
lives 300 "predict: { model: ewma }, te: { algorithm: weights, evaluations: 50, threads: 2 }, measure: { from: tomogravity }"
lives 300 "predict: { model: mean, window: 2 }, te: { algorithm: robust, every: 2 }, measure: { from: minimum-kl }"
lives 300 "te: { algorithm: sr, method: search, evaluations: 50 }, measure: { from: gravity }"
lives 300 "predict: { model: last }, te: { algorithm: smore, moved_cost: 0.1 }"
lives 300 "te: { algorithm: oblivious, paths: 2 }"
