# The JSON Schema of scenario files takes what `lead validate` takes: every shipped scenario and what a run writes; and refuses what it
# refuses of keys, words and ranges. docs/scenario.md has the tables of the same rows.
. "$LEAD_SOURCE/tests/integration/support.sh"
cd "$work"
"$lead" scenario --schema >schema.json
"$lead" run "$LEAD_SOURCE/scenarios/abilene-synthetic.yaml" --out out >/dev/null 2>&1 &
written=$!
for name in unknown:"speed: 3" word:"engine: fast" range:"policies: [ { name: p, te: { algorithm: robust, cvar_level: 2 } } ]" \
    needed:"policies: [ { te: { algorithm: ecmp } } ]"; do
    key=${name#*:}
    { echo "name: x"; echo "topology: { file: net.csv }"; echo "traffic: { synthetic: { epochs: 2 } }"
      [[ $key == policies* ]] || echo "policies: [ { name: p, te: { algorithm: ecmp } } ]"; echo "$key"; } >"bad-${name%%:*}.yaml"
done
until [ -f out/scenario.yaml ]; do kill -0 $written || break; done
kill $written 2>/dev/null || true
wait $written 2>/dev/null || true
python3 - "$LEAD_SOURCE" <<'PY'
import glob, json, sys, jsonschema, yaml

class Texts(yaml.SafeLoader):
    """As the reader has it: times stay texts."""
Texts.yaml_implicit_resolvers = {c: [r for r in rows if r[0] != "tag:yaml.org,2002:timestamp"]
                                 for c, rows in yaml.SafeLoader.yaml_implicit_resolvers.items()}

def numbers(value):
    """1e-3 is a number to the reader, a text to YAML 1.1."""
    if isinstance(value, dict):
        return {k: numbers(v) for k, v in value.items()}
    if isinstance(value, list):
        return [numbers(v) for v in value]
    if isinstance(value, str):
        try:
            return float(value) if value != "nan" else value  # which is a word of ours
        except ValueError:
            return value
    return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value

schema = json.load(open("schema.json"))
jsonschema.Draft7Validator.check_schema(schema)
good = [f for f in glob.glob(sys.argv[1] + "/scenarios/**/*.yaml", recursive=True) if "policies" in open(f).read() and "topology" in open(f).read()]
assert len(good) > 15, good
for path in good + ["out/scenario.yaml"]:
    jsonschema.validate(numbers(yaml.load(open(path), Texts)), schema)
for path in sorted(glob.glob("bad-*.yaml")):
    try:
        jsonschema.validate(numbers(yaml.load(open(path), Texts)), schema)
    except jsonschema.ValidationError:
        continue
    sys.exit(f"FAILED: the schema takes {path}")
PY
for file in bad-*.yaml; do
    refused "$file:[0-9]+: " "$lead" validate "$file"
done

refused "there is no key \"speed\"" "$lead" explain speed
"$lead" explain te.survive >said
grep -q "heeded by: mcf, weights, paths, robust, smore" said && [ "$(wc -L <said)" -le 80 ] || fail "explain: $(cat said)"
"$lead" explain >keys
[ "$(wc -L <keys)" -le 80 ] && [ "$(wc -l <keys)" -gt 60 ] || fail "explain lists $(wc -l <keys) keys"

# An algorithm's or a model's name: all that it heeds and others do not.
"$lead" explain sr >said
[ "$(grep -c 'te\.[a-z_]* - ' said)" = 4 ] && grep -q '^policies\[\].te.method - ' said && [ "$(wc -L <said)" -le 80 ] || fail "explain sr: $(cat said)"
"$lead" explain paths | grep -c 'te\.\(paths\|split_cap\) - ' | grep -qx 2 || fail "explain paths: not the key and the algorithm's keys"
refused 'there is no key "robst": did you mean robust\?' "$lead" explain robst
"$lead" info | sed -n 's/^algorithms *//p' | tr -d , >algorithms

# docs/scenario.md, docs/algorithms.md: the tables between <!-- keys: PART --> and <!-- end -->; every key of te, and every algorithm.
python3 - "$lead" "$LEAD_SOURCE/docs/scenario.md" "$LEAD_SOURCE/docs/algorithms.md" <<'PY'
import re, subprocess, sys
lead, *paths = sys.argv[1:]
blocks = {part: (path, text) for path in paths for part, text in re.findall(r"<!-- keys: (.*?) -->\n(.*?)<!-- end -->\n", open(path).read(), flags=re.S)}
assert len(blocks) >= 17, len(blocks)
for part, (path, text) in blocks.items():
    wanted = subprocess.run([lead, "explain", "--markdown", part], capture_output=True, text=True, check=True).stdout
    if text != wanted:
        sys.exit(f"FAILED: {path} differs from `lead explain --markdown '{part}'`:\n{wanted}")
for name in open("algorithms").read().split():
    assert f"policies[].te:{name}" in blocks, f"docs/algorithms.md has no table of {name}"
every = subprocess.run([lead, "explain", "--markdown", "policies[].te"], capture_output=True, text=True, check=True).stdout
told = {key for part, (_, text) in blocks.items() if part.startswith("policies[].te") for key in re.findall(r"^\| `(\w+)`", text, flags=re.M)}
missing = set(re.findall(r"^\| `(\w+)`", every, flags=re.M)) - told
assert not missing, f"no page tells of {missing}"
PY
