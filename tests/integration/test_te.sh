# `lead te`: the reference values of ../shared/data/README.md by the command that users type, JSON that parses, errors.
. "$LEAD_SOURCE/tests/integration/support.sh"

field() { python3 -c "import json, sys; print(json.loads(sys.stdin.read())['$1'])"; }

printf 'src,dst,capacity_kbps,igp_weight\na,b,1000,1\nb,a,1000,1\n' >"$work/t.csv"
printf 'time,a>a,a>b,b>a,b>b\n2004-01-01T00:00:00Z,0,500,100,0\n2004-01-01T00:05:00Z,0,900,100,0\n' >"$work/tm.csv"
[ "$("$lead" te --topology "$work/t.csv" --tm "$work/tm.csv" --algorithm ecmp --format json | field mlu)" = 0.5 ] || fail "MLU of the first TM"
[ "$("$lead" te --topology "$work/t.csv" --tm "$work/tm.csv" --algorithm mcf --index 1 --format json | field optimum)" = 0.9 ] || fail "MLU of the second TM"
"$lead" te --topology "$work/t.csv" --tm "$work/tm.csv" --algorithm weights | grep -q "MLU 0.500000" || fail "text output"
"$lead" te --topology "$work/t.csv" --tm "$work/tm.csv" --algorithm robust --samples 2 --format json >"$work/said"
[ "$(field mlu <"$work/said")" = 0.7 ] || fail "MLU of the mean: $(cat "$work/said")"
refused "samples: \"2\" is not a number in 1..1" "$lead" te --topology "$work/t.csv" --tm "$work/tm.csv" --algorithm robust --index 1 --samples 2
refused "max-weight: robust heeds weights" "$lead" te --topology "$work/t.csv" --tm "$work/tm.csv" --algorithm robust --max-weight 3
refused "split-cap: 1.5 is not in" "$lead" te --topology "$work/t.csv" --tm "$work/tm.csv" --algorithm robust --split-cap 1.5
refused "none of ecmp, mcf, weights, paths, robust" "$lead" te --topology "$work/t.csv" --tm "$work/tm.csv" --algorithm magic
refused "te needs --topology" "$lead" te --tm "$work/tm.csv"
refused "index: \"7\"" "$lead" te --topology "$work/t.csv" --tm "$work/tm.csv" --algorithm mcf --index 7
printf 'src,dst,capacity_kbps\na,b,1000\nb,a,1000\na,c,1\n' >"$work/cut.csv"
printf 'time,a>a,a>b,a>c,b>a,b>b,b>c,c>a,c>b,c>c\n2004-01-01T00:00:00Z,0,1,1,1,0,1,5,0,0\n' >"$work/cut-tm.csv"
"$lead" te --topology "$work/cut.csv" --tm "$work/cut-tm.csv" --algorithm mcf | grep -q "^disconnected demand: " || fail "what is cut off is not said"

printf 'src,dst,capacity_kbps,igp_weight,delay_s,risk_group\na,b,10,1,0,1\nb,d,10,1,0,\na,c,10,1,0,\nc,d,10,1,0,1\n' >"$work/two.csv"
printf 'time,a>a,a>b,a>d,a>c,b>a,b>b,b>d,b>c,d>a,d>b,d>d,d>c,c>a,c>b,c>d,c>c\n2004-01-01T00:00:00Z,0,0,8,0,0,0,0,0,0,0,0,0,0,0,0,0\n' >"$work/two-tm.csv"
"$lead" te --topology "$work/two.csv" --tm "$work/two-tm.csv" --algorithm paths --tie-break vertex --out "$work/routing.csv" >"$work/said"
grep -q "^path,a,d,0.5,a>b>d,0 1$" "$work/routing.csv" || fail "paths: $(cat "$work/routing.csv")"
grep -q "^split,c,d,1,c>d,3$" "$work/routing.csv" || fail "splits: $(cat "$work/routing.csv")"
"$lead" te --topology "$work/two.csv" --tm "$work/two-tm.csv" --algorithm mcf --survive links | grep -q "MLU 0.4.*after a failure at most 0.8" || fail "survival"
holds "$("$lead" te --topology "$work/two.csv" --tm "$work/two-tm.csv" --algorithm mcf --format json | field peak_memory_bytes) > 1e6"
sed -i 's/,1$/,1.5/' "$work/two.csv"
refused "two.csv:2: risk group 1.5 is not a whole number" "$lead" te --topology "$work/two.csv" --tm "$work/two-tm.csv" --algorithm mcf
refused "cannot" "$lead" te --topology "$work/t.csv" --tm "$work/tm.csv" --algorithm mcf --out "$work/no/such/folder.csv"

need_data repetita/Abilene.graph
check() { # instance, ECMP MLU, optimal MLU
    local graph=$LEAD_DATA/repetita/$1.graph demands=$LEAD_DATA/repetita/$1.0000.demands
    holds "abs($("$lead" te --topology "$graph" --tm "$demands" --algorithm ecmp --format json | field mlu) - $2) < 1e-4"
    holds "abs($("$lead" te --topology "$graph" --tm "$demands" --algorithm mcf --format json | field optimum) - $3) < 1e-4"
}
check Abilene 1.277013 0.899999
check Geant2012 2.101663 0.899994
check AttMpls 1.814354 0.899993
check Uninett2010 1.209046 0.899835
check Colt 1.395680 0.898647
check rf1239_real_hard 2.052733 0.899912
