# Every shipped checkpoint on 200 fixed windows against the scores in tests/golden; LEAD_UPDATE=1 writes them anew.
. "$LEAD_SOURCE/tests/integration/support.sh"
need_data abilene-tm.csv.gz
need_data geant-tm.csv.gz
for folder in "$LEAD_SOURCE"/models/checkpoints/*; do
    name=$(basename "$folder")
    golden=$LEAD_SOURCE/tests/golden/shipped-$name.json
    file=$(python3 -c "import json, sys; print(json.load(open(sys.argv[1]))['training'].get('series', {}).get('file', 'geant-tm.csv.gz'))" \
        "$folder/manifest.json") # that of `any` is one of several
    given=(--tm "$LEAD_DATA/$file" --topology "$LEAD_DATA/${file%-tm.csv.gz}-links.csv")
    suspect=$LEAD_DATA/${file%.csv.gz}-suspect-epochs.csv
    [ ! -e "$suspect" ] || given+=(--suspect "$suspect")
    if [ "$name" = synthetic ]; then # the scenario's day, after what the checkpoint was trained on
        "$lead" traffic "$LEAD_SOURCE/scenarios/abilene-synthetic.yaml" "$work/$file" >/dev/null
        given=(--tm "$work/$file" --topology "$LEAD_SOURCE/scenarios/abilene.yaml" --from 2004-07-20T00:00:00Z)
    fi
    "$lead" evaluate --predictor "lead:$folder" --predictor nlinear-day "${given[@]}" --horizon 1,20 --windows 200 --samples 20 \
        --json "$work/$name.json" >/dev/null
    [ -z "${LEAD_UPDATE:-}" ] || python3 - "$work/$name.json" "$golden" <<'PY'
import json, sys
rows = json.load(open(sys.argv[1]))
for row in rows:
    row["predictor"] = row["predictor"].split(":")[0]
    del row["seconds_per_forecast"]
with open(sys.argv[2], "w") as file:
    json.dump(rows, file, indent=1)
    file.write("\n")
PY
    python3 - "$work/$name.json" "$golden" <<'PY' || fail "$name"
import json, sys
given, stored = (json.load(open(path)) for path in sys.argv[1:])
wrong = []
for row, expected in zip(given, stored, strict=True):
    for key, value in expected.items():
        if isinstance(value, float) and abs(row[key] - value) > 0.002 * abs(value):
            wrong.append(f"{expected['predictor']}, {expected['horizon']} ahead: {key} {row[key]}, stored {value}")
        if isinstance(value, int) and row[key] != value:
            wrong.append(f"{key} {row[key]}, stored {value}")
print("\n".join(wrong))
sys.exit(bool(wrong))
PY
done
