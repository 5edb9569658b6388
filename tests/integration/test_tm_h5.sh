# tm.h5 of a run: what xarray reads through h5netcdf and netCDF4 is what was sent, measured and forecast; the same run, the same bytes;
# none where tables are asked for, in what-if runs, and none half written.
. "$LEAD_SOURCE/tests/integration/support.sh"
cd "$work"
cat >tm.py <<'PY'
import csv
rows = ["time,A>A,A>B,A>C,B>A,B>B,B>C,C>A,C>B,C>C"]
for i in range(60):
    values = [0 if od % 4 == 0 else 1000 + 100 * od + 37 * i * od % 413 for od in range(9)]
    rows.append(f"2024-05-01T{i // 12:02d}:{i % 12 * 5:02d}:00Z," + ",".join(map(str, values)))
open("tm.csv", "w").write("\n".join(rows) + "\n")
PY
python3 tm.py
printf 'src,dst,capacity_kbps\nA,B,9000\nB,A,9000\nB,C,9000\nC,B,9000\nA,C,9000\nC,A,9000\n' >net.csv
cat >s.yaml <<'Y'
name: kept
topology: { file: net.csv }
traffic: { tm: { file: tm.csv, start: 2024-05-01T03:00Z, epochs: 20 } }
time: { epoch: 5 min }
policies:
  - { name: static, te: { algorithm: ecmp } }
  - { name: last, predict: { model: last }, te: { algorithm: mcf } }
  - { name: boot, predict: { model: last, samples: bootstrap }, te: { algorithm: robust, every: 3 } }
engine: fluid
record: samples
events: [ { kind: burst, pairs: A>B, factor: 3, epoch: 4, duration: 10 min } ]
Y
"$lead" run s.yaml --out kept >said 2>&1 || fail "$(cat said)"
/usr/bin/python3 - <<'PY' || fail "tm.h5"
import csv, numpy as np, xarray
rows = list(csv.reader(open("tm.csv")))
true = np.array([[float(v) for v in row[1:]] for row in rows[1:]]).reshape(-1, 3, 3)[36:56] * 1e3
true[4:6, 0, 1] *= 3
near = lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-6)
for engine in "h5netcdf", "netcdf4":
    for policy in "static", "last", "boot":
        d = xarray.open_dataset(f"kept/{policy}/tm.h5", engine=engine)
        assert d.attrs["title"] == f"kept, policy {policy}, seed 1" and d.attrs["source"], d.attrs
        assert str(d.time.values[0])[:19] == "2024-05-01T03:00:00" and str(d.time.values[-1])[:19] == "2024-05-01T04:35:00", d.time
        assert list(d.src.values) == list(d.dst.values) == ["A", "B", "C"]
        assert d.traffic.dims == ("time", "src", "dst") and d.traffic.attrs["units"] == "bit s-1"
        near(d.traffic.values, true)
        near(d.traffic.sel(src="A", dst="B").values, true[:, 0, 1])
        near(d.measured.values[:-1], true[:-1])
        assert np.isnan(d.measured.values[-1]).all()
    d = xarray.open_dataset("kept/static/tm.h5", engine=engine)
    assert np.isnan(d.forecast_mean.values).all() and np.isnan(d.forecast_quantiles.values).all() and "forecast_samples" not in d
    d = xarray.open_dataset("kept/last/tm.h5", engine=engine)
    near(d.forecast_mean.values[1:], true[:-1])
    assert np.isnan(d.forecast_quantiles.values).all(), "a forecast of one sample has no quantiles"
    d = xarray.open_dataset("kept/boot/tm.h5", engine=engine)
    assert d.forecast_samples.dims == ("time", "sample", "step", "src", "dst") and list(d.step.values) == [1, 2, 3]
    samples = d.forecast_samples.values # of epochs in which a plan was made
    made = ~np.isnan(samples).any(axis=(1, 2, 3, 4))
    assert list(np.flatnonzero(made)) == list(range(0, 20, 3)), made
    for epoch in range(20):
        of = samples[epoch - epoch % 3, :, epoch % 3]
        near(d.forecast_mean.values[epoch], of.mean(axis=0))
        near(d.forecast_quantiles.values[epoch], np.quantile(of, d["quantile"].values, axis=0))
# pairs.csv says the same of the burst's pair
pairs = list(csv.DictReader(open("kept/boot/pairs.csv")))
near([float(r["true_bps"]) for r in pairs], d.traffic.sel(src="A", dst="B").values)
near([float(r["forecast_bps"]) for r in pairs], d.forecast_mean.sel(src="A", dst="B").values)
near([float(r["forecast_p95_bps"]) for r in pairs], d.forecast_quantiles.sel(src="A", dst="B", quantile=0.95).values)
PY
"$lead" run s.yaml --out again >/dev/null 2>&1
for policy in static last boot; do cmp kept/$policy/tm.h5 again/$policy/tm.h5 || fail "$policy: other bytes"; done

# Quantiles alone, the usual; tables alone; an earlier file goes; the other records are the same.
"$lead" run s.yaml --set record=traffic --out again >/dev/null 2>&1
/usr/bin/python3 -c 'import xarray; d = xarray.open_dataset("again/boot/tm.h5"); assert "forecast_samples" not in d and "step" not in d.dims and float(d.forecast_quantiles.isnull().mean()) == 0' || fail "record: traffic"
"$lead" run s.yaml --set record=tables --out again >/dev/null 2>&1
[ -z "$(find again -name 'tm.h5*')" ] || fail "tables alone: $(find again -name 'tm.h5*')"
cmp kept/boot/epochs.csv again/boot/epochs.csv || fail "what is recorded changes the run"
refused 's.yaml:[0-9]*: record: "all" is none of tables, traffic, samples' "$lead" run s.yaml --set record=all --out again

# Runs of a table have none, unless samples are asked for; tests neither.
sed 's/record: samples/record: traffic/; s/^events:.*//' s.yaml >quiet.yaml
"$lead" whatif quiet.yaml --seeds 2 --policy last --out table >/dev/null 2>log || fail "$(cat log)"
"$lead" test quiet.yaml --update --out tested >/dev/null 2>log || fail "$(cat log)"
[ -z "$(find table tested -name 'tm.h5*')" ] || fail "$(find table tested -name 'tm.h5*')"
"$lead" whatif quiet.yaml --set record=samples --seeds 2 --policy last --out table >/dev/null 2>log || fail "$(cat log)"
[ "$(find table -name tm.h5 | wc -l)" = 2 ] || fail "samples that were asked for are not kept"

# A policy that fails leaves none; what it cannot write is said.
"$lead" run s.yaml --out failed --policy last,boot --event "kind: link-failure, link: A-B, epoch: 1" >/dev/null 2>&1 &
pid=$!
until [ -n "$(find failed -name 'tm.h5.part-*' 2>/dev/null)" ] || ! kill -0 $pid 2>/dev/null; do :; done
kill -9 $pid 2>/dev/null || true
wait $pid 2>/dev/null || true
"$lead" run s.yaml --out failed --policy last,boot >said 2>&1 || fail "after a kill: $(cat said)"
[ -z "$(find failed -name '*.part-*')" ] || fail "what was half written is left: $(find failed -name '*.part-*')"
