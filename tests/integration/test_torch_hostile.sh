# Models that are broken or mean harm: each is refused with a message or falls back; none ends anything but its own policy.
. "$LEAD_SOURCE/tests/integration/support.sh"
checkpoints=$LEAD_SOURCE/models/checkpoints
scenario() { # predict, more lines
    cat <<Y
name: hostile
topology: { file: $LEAD_SOURCE/scenarios/abilene.yaml }
traffic:
  synthetic: { epochs: 3, history: 600 }
time: { epoch: 300 s }
policies:
  - { name: p, predict: { $1 }, te: { algorithm: mcf } }
  - { name: other, te: { algorithm: ecmp } }
engine: fluid
${2:-}
Y
}
why() { tail -n +2 "$work/o/p/epochs.csv" | grep -oE '(MEASURE|PREDICT|PLAN)[A-Z_+]*,.*' || true; }

# --- an error inside a component: a manifest whose shapes are not the modules', on one thread and on two ---
cp -r "$checkpoints/synthetic" "$work/d"
chmod -R u+w "$work/d"
for history in 15 17 20 64 256; do
    sed -i "s/\"history\": [0-9]*/\"history\": $history/" "$work/d/manifest.json"
    for threads in 1 2; do
        scenario "model: lead, checkpoint: $work/d, samples: 3, steps: 2, threads: $threads" >"$work/s.yaml"
        "$lead" run "$work/s.yaml" --out "$work/o" >/dev/null 2>"$work/log" || fail "history $history, $threads threads: $(cat "$work/log")"
        [ "$(why | grep -c '^PREDICT,"[^"]*\.pt: torch: .*size')" = 3 ] || fail "history $history, $threads threads: $(why)"
    done
done

# --- no memory: refused, or a fallback; the process neither dies nor waits for ever ---
scenario "model: lead, checkpoint: synthetic, samples: 500, steps: 1, threads: 2" "watchdog: 5 min" >"$work/s.yaml"
for kilobytes in 600000 900000 1000000 1200000; do
    status=0
    (ulimit -v $kilobytes && exec env OPENBLAS_NUM_THREADS=1 "$lead" run "$work/s.yaml" --out "$work/o" >"$work/said" 2>&1) || status=$?
    case $status in
    0) ;;
    1) grep -qE 'policy "p" failed: .*(memory|allocate)' "$work/said" || fail "$kilobytes kB: $(cat "$work/said")" ;;
    *) fail "$kilobytes kB: status $status: $(cat "$work/said")" ;;
    esac
    [ "$(number "$work/o/summary.json" other epochs)" = 3 ] || fail "$kilobytes kB: the other policy"
done

# --- a model that never returns: from forward, from what is asked of it first, while it is loaded ---
python3=${LEAD_PYTHON:-/usr/bin/python3} # the one that Debian's torch is for
cat >"$work/never.py" <<'PY'
import sys, torch

class Forward(torch.nn.Module):
    def forward(self, h: torch.Tensor) -> torch.Tensor:
        x = h[:, -1:]
        while bool(x.numel() > 0):
            x = x + 0.0
        return x

class Asked(torch.nn.Module):
    @torch.jit.export
    def history_length(self) -> int:
        n = 1
        while n > 0:
            n = n % 7 + 1
        return n

    def forward(self, h: torch.Tensor) -> torch.Tensor:
        return h[:, -1:]

for name, module in ("forward", Forward()), ("asked", Asked()):
    torch.jit.script(module).save(f"{sys.argv[1]}/{name}.pt")
PY
"$python3" "$work/never.py" "$work"
for name in forward asked; do
    scenario "model: torchscript, checkpoint: ./$name.pt" "watchdog: 3 s" >"$work/s.yaml"
    refused "policy \"p\" failed: its (lap|start) after 0 epochs took more than 3 s and was ended" "$lead" run "$work/s.yaml" --out "$work/o"
    [ "$(number "$work/o/summary.json" other epochs)" = 3 ] || fail "$name: the other policy"
    # The parent is killed: the child, which never looks up, goes with it.
    scenario "model: torchscript, checkpoint: ./$name.pt" "watchdog: 0" >"$work/s.yaml"
    "$lead" run "$work/s.yaml" --out "$work/k" >/dev/null 2>&1 &
    pid=$!
    until pgrep -f "run-policy $work/k/scenario.yaml 0 " >/dev/null; do kill -0 $pid || fail "$name: the run ended"; done
    kill -KILL $pid
    wait $pid 2>/dev/null || true
    while pgrep -f "run-policy $work/k/" >/dev/null; do :; done # ctest's timeout ends what does not
done
# With a budget, ten times the budget is enough, however long the watchdog waits.
scenario "model: torchscript, checkpoint: ./forward.pt" | sed 's/te: { algorithm: mcf }/&, budget: 500 ms/' >"$work/s.yaml"
refused "policy \"p\" failed: its lap after 0 epochs took more than 10 s and was ended \(ten times its budget\)" "$lead" run "$work/s.yaml" --out "$work/o"

# --- archives that would touch files, or break whoever reads them: refused before anything is loaded ---
cat >"$work/hostile.py" <<'PY'
import sys, zipfile, torch

folder = sys.argv[1]

class Good(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.history_length = 4

    def forward(self, h: torch.Tensor) -> torch.Tensor:
        return h[:, -1:]

class Negative(Good):
    def forward(self, h: torch.Tensor) -> torch.Tensor:
        x = h[:, -1:].clone()
        x[0, 0, 0] = -1e9
        return x

class Rounded(Good):
    def forward(self, h: torch.Tensor) -> torch.Tensor:
        x = h[:, -1:].clone()
        x[0, 0, 0] = -1e-7 * x.max()
        return x

class Saves(Good):
    def forward(self, h: torch.Tensor) -> torch.Tensor:
        torch.save(h, "WRITTEN")
        return h[:, -1:]

class Reads(Good):
    def forward(self, h: torch.Tensor) -> torch.Tensor:
        return h[:, -1:] + torch.from_file("/etc/passwd", False, 8, dtype=torch.uint8).sum()

class Prints(Good):
    def forward(self, h: torch.Tensor) -> torch.Tensor:
        print("\x1b]0;owned\x07")
        return h[:, -1:]

for name, module in ("good", Good()), ("negative", Negative()), ("rounded", Rounded()), ("saves", Saves()), ("reads", Reads()), ("prints", Prints()):
    torch.jit.script(module).save(f"{folder}/{name}.pt")

def changed(name, change):
    with zipfile.ZipFile(f"{folder}/good.pt") as old, zipfile.ZipFile(f"{folder}/{name}.pt", "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            content = change(entry, old.read(entry))
            if content is not None:
                new.writestr(entry, content)

def code(text):
    return lambda entry, old: text.encode() if entry.endswith(".py") else None if entry.endswith(".debug_pkl") else old

def body(statement):
    return code("class Good(Module):\n  __parameters__ = []\n  __buffers__ = []\n  training : bool\n  _is_full_backward_hook : Optional[bool]\n"
                f"  history_length : int\n  def forward(self: __torch__.Good,\n    h: Tensor) -> Tensor:\n    x = {statement}\n    return torch.slice(h, 1, -1)\n")

changed("minus", body("-" * 200000 + "h"))
changed("brackets", body("(" * 200000 + "h" + ")" * 200000))
changed("sum", body("h" + " + h" * 200000))
changed("bomb", lambda entry, old: b"# " + b"a" * 300_000_000 if entry.endswith(".py") else old)
changed("tuples", lambda entry, old: b"\x80\x02)" + b"\x85" * 3_000_000 + b"." if entry.endswith("/data.pkl") else old)
changed("setstate", body("1\n    torch.save(h, \"WRITTEN\")"))
changed("untyped", lambda entry, old: old.replace(b"__buffers__", b"__buffevs__"))
changed("legacy", lambda entry, old: old)
with zipfile.ZipFile(f"{folder}/legacy.pt", "a") as archive:
    archive.writestr("good/model.json", "{}")
with open(f"{folder}/good.pt", "rb") as whole, open(f"{folder}/half.pt", "wb") as half:
    half.write(whole.read()[:600])
PY
cd "$work"
"$python3" hostile.py "$work"
cp "$LEAD_SOURCE/tests/fuzz/corpus/fuzz_archive/setstate.pt" at-load.pt
python3 - <<'PY'
import math
nodes = ["A", "B", "C"]
with open("tm.csv", "w") as file:
    file.write("time," + ",".join(f"{a}>{b}" for a in nodes for b in nodes) + "\n")
    for i in range(100):
        values = [0 if od // 3 == od % 3 else 5000 + 400 * math.sin(i / (3 + od)) for od in range(9)]
        file.write(f"2004-01-01T{i // 12:02d}:{i % 12 * 5:02d}:00Z," + ",".join(f"{v:.6g}" for v in values) + "\n")
PY
scenario "model: torchscript, checkpoint: ./good.pt" >s.yaml
"$lead" run s.yaml --out o >/dev/null 2>log || fail "a good archive: $(cat log)"
[ "$(number o/summary.json p fallbacks)" = 0 ] || fail "a good archive: $(why)"
"$lead" evaluate --tm tm.csv --predictor torchscript:good.pt >/dev/null 2>log || fail "a good archive: $(cat log)"
# --- rates below 0: a fallback, but for float32's rounding ---
scenario "model: torchscript, checkpoint: ./negative.pt" >s.yaml
"$lead" run s.yaml --out o >/dev/null 2>log || fail "$(cat log)"
[ "$(why | grep -c 'PREDICT,.*forward gave -1e+09 from node 0 to node 1, which is not a rate')" = 3 ] || fail "a negative forecast: $(why)"
scenario "model: torchscript, checkpoint: ./rounded.pt" >s.yaml
"$lead" run s.yaml --out o >/dev/null 2>log || fail "$(cat log)"
[ "$(number o/summary.json p fallbacks)" = 0 ] || fail "rounding below 0: $(why)"
# --- the hostile ones ---
while read -r name message; do
    scenario "model: torchscript, checkpoint: ./$name.pt" >s.yaml
    refused "policy \"p\" failed: .*$name.pt: .*$message" "$lead" run s.yaml --out o
    refused "$name.pt: .*$message" "$lead" evaluate --tm tm.csv --predictor "torchscript:$name.pt"
    [ "$(number o/summary.json other epochs)" = 3 ] || fail "$name: the other policy"
done <<'T'
saves uses "save"
at-load line 22: uses "save"
setstate uses "save"
reads uses "from_file"
prints uses "print"
minus signs before one another
brackets brackets within one another
sum operators in one statement
bomb unpacks to 300000002 bytes
tuples more than 20000 values in values
untyped attribute "__buffevs__" has no type
legacy nothing that a TorchScript model has
half no TorchScript archive
T
[ ! -e WRITTEN ] && [ ! -e WRITTEN_AT_LOAD ] && [ ! -e o/p/WRITTEN ] || fail "a model wrote a file"
# A component of a LEAD checkpoint is looked at in the same way, even with its right check sum.
cp saves.pt d/encoder.pt
sum=$(sha256sum d/encoder.pt | cut -d' ' -f1)
"$python3" - "$sum" <<'PY'
import json, sys
manifest = json.load(open("d/manifest.json"))
manifest["history"] = 16
manifest["files"]["encoder"]["sha256"] = sys.argv[1]
json.dump(manifest, open("d/manifest.json", "w"))
PY
scenario "model: lead, checkpoint: ./d" >s.yaml
refused 'encoder.pt: .*uses "save"' "$lead" run s.yaml --out o

# --- the same in a host program: refused before it begins, or a fallback in every epoch; the host runs on ---
attached() { # PREDICT: status and what the program says; its traffic arrives
    printf 'name: x\ntime: { epoch: 1 s, simulated: 500 ms }\npolicies: [ { name: p, predict: { %s }, te: { algorithm: mcf } } ]\n' "$1" >c.yaml
    rm -rf a
    "$LEAD_BUILD/attach_program" c.yaml a
}
if has_ns3; then
    while read -r name message; do
        refused "attach: .*$name.pt: .*$message" attached "model: torchscript, checkpoint: ./$name.pt"
    done <<'T'
saves uses "save"
at-load line 22: uses "save"
reads uses "from_file"
prints uses "print"
brackets brackets within one another
bomb unpacks to 300000002 bytes
tuples more than 20000 values in values
half no TorchScript archive
T
    [ ! -e WRITTEN ] && [ ! -e WRITTEN_AT_LOAD ] || fail "an attached model wrote a file"
    [ "$(attached "model: torchscript, checkpoint: ./negative.pt" | cut -d. -f1)" = 6 ] || fail "attached, negative: what arrived"
    [ "$(grep -c 'which is not a rate' a/epochs.csv)" -ge 3 ] || fail "attached, negative: $(cat a/epochs.csv)"
    # The program's routers are not the model's nodes: it does not serve them.
    refused "the model is for 12 nodes, asked for 3; the checkpoint .any. takes any network" attached "model: lead, checkpoint: synthetic, samples: 3, steps: 2"
    for kilobytes in 300000 600000 900000; do
        status=0
        (ulimit -v $kilobytes && OPENBLAS_NUM_THREADS=1 attached "model: torchscript, checkpoint: ./good.pt") >said 2>&1 || status=$?
        [ $status = 0 ] || { [ $status = 1 ] && grep -qE "memory|allocat|map" said; } || fail "attached, $kilobytes kB: status $status: $(cat said)"
    done
fi

# --- a checkpoint of other nodes: said, by whatever names ---
sed 's/IPLSng/Indianapolis/g; s/KSCYng/KansasCity/g' "$LEAD_SOURCE/scenarios/abilene.yaml" >renamed.yaml
scenario "model: lead, checkpoint: synthetic, samples: 3, steps: 2" | sed 's|file: [^ ]*abilene.yaml|file: renamed.yaml|' >s.yaml
"$lead" run s.yaml --out o >/dev/null 2>log || fail "$(cat log)"
grep -q 'warning: .*the model is for other nodes: 2 of its 12 ("IPLSng" is the first) are not in this network' log || fail "renamed nodes: $(cat log)"
scenario "model: lead, checkpoint: synthetic, samples: 3, steps: 2" >s.yaml
"$lead" run s.yaml --out o >/dev/null 2>log || fail "$(cat log)"
! grep -q 'other nodes' log || fail "the model's own nodes: $(cat log)"
