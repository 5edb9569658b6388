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
why() { tail -n +2 "$work/o/p/epochs.csv" | cut -d, -f19-; }

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
    (ulimit -v $kilobytes && export OPENBLAS_NUM_THREADS=1 && exec "$lead" run "$work/s.yaml" --out "$work/o" >"$work/said" 2>&1) || status=$?
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
