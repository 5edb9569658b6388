# A plan that survives failures loses nothing in the epoch in which a link fails, and costs next to nothing before; one that does not loses
# what took the link until the next decision.
. "$LEAD_SOURCE/tests/integration/support.sh"

cat >"$work/survive.yaml" <<END
name: survive
topology: { file: $LEAD_SOURCE/scenarios/abilene.yaml }
traffic:
  synthetic: { epochs: 8, history: 600 }
  load: { optimal_mlu_peak: 0.5 }
time: { epoch: 300 s }
policies:
  - { name: plain, predict: { model: oracle }, te: { algorithm: mcf } }
  - { name: safe, predict: { model: oracle }, te: { algorithm: mcf, survive: links } }
reconvergence: 300 s # nobody mends it before the next plan
events:
  - { kind: link-failure, epoch: 5, link: IPLSng-KSCYng }
engine: fluid
seed: 1
END
"$lead" run "$work/survive.yaml" --out "$work/out" >/dev/null
value() { python3 -c "import csv; print(list(csv.DictReader(open('$work/out/$1/epochs.csv')))[$2]['$3'])"; }
holds "$(value plain 5 loss_fraction) > 0.1"
holds "$(value safe 5 loss_fraction) < 1e-6"
holds "$(value safe 5 mlu) < 1.02 * $(value safe 5 optimum)"
for epoch in 1 2 3 4; do holds "$(value safe $epoch mlu_over_optimum) < 1.1"; done
