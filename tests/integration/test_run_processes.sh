# The processes of `lead run`: what ends one ends no other; nobody is waited for who does not come; whatever ends the run ends
# its processes, says so and leaves whole lines.
. "$LEAD_SOURCE/tests/integration/support.sh"

scenario() { # epochs
    cat <<Y
name: processes
topology: { file: $LEAD_SOURCE/scenarios/abilene.yaml }
traffic:
  synthetic: { epochs: $1, history: 600 }
time: { epoch: 300 s }
policies:
  - { name: static, te: { algorithm: ecmp } }
  - { name: reactive, predict: { model: last }, te: { algorithm: mcf } }
  - { name: links, measure: { from: tomogravity }, predict: { model: ewma }, te: { algorithm: mcf } }
engine: fluid
Y
}
scenario 8 >"$work/short.yaml"
scenario 3000 >"$work/long.yaml"

rows() { cat "$1"/*/epochs.csv 2>/dev/null | wc -l; }
children() { pgrep -f "run-policy $1/scenario.yaml" || true; }
wait_for() { # until COMMAND holds, as long as process $1 lives
    local pid=$1
    shift
    until "$@"; do kill -0 "$pid" 2>/dev/null || fail "process $pid ended before: $*"; done
}
runs() { [ "$(children "$1" | wc -l)" -ge 1 ] && [ "$(rows "$1")" -gt "$2" ]; }
gone() { [ -z "$(children "$1")" ]; }
whole() { # FOLDER: every line of every file is whole
    local file
    for file in "$1"/*/*.csv; do
        [ -e "$file" ] || continue
        [ -z "$(tail -c 1 "$file" | tr -d '\n')" ] || fail "the last line of $file is cut"
    done
}

# --- signal x moment: while epochs are done; before the first; to the parent alone ---
for signal in TERM INT HUP KILL; do
    for moment in start epochs; do
        out=$work/$signal-$moment
        # A shell's background process ignores INT, which `lead run` respects: env gives it back.
        env --default-signal=INT setsid "$lead" run "$work/long.yaml" --out "$out" >/dev/null 2>"$work/log" &
        pid=$!
        case $moment in
        start) wait_for $pid runs "$out" -1 ;;
        epochs) wait_for $pid runs "$out" 50 ;;
        esac
        kill -$signal $pid
        status=0
        wait $pid 2>/dev/null || status=$?
        [ $status = $((128 + $(kill -l $signal))) ] || fail "$signal $moment: status $status"
        until gone "$out"; do :; done # ctest's timeout ends what does not
        whole "$out"
        [ ! -e "$out/summary.json" ] || fail "$signal $moment: there is a summary"
        [ $signal = KILL ] || grep -q "ended by signal .*the epochs that were done stay in $out/NAME/" "$work/log" || fail "$signal $moment said: $(cat "$work/log")"
    done
done
# ... with SIGPIPE ignored, as systemd has it
(trap '' PIPE && exec setsid "$lead" run "$work/long.yaml" --out "$work/pipe" >/dev/null 2>&1) &
pid=$!
wait_for $pid runs "$work/pipe" 50
kill -KILL $pid
until gone "$work/pipe"; do :; done
whole "$work/pipe"
# ... and HUP ignored, as nohup has it: the run goes on to its end.
nohup "$lead" run "$work/long.yaml" --out "$work/nohup" >/dev/null 2>"$work/log" &
pid=$!
wait_for $pid runs "$work/nohup" 50
kill -HUP $pid
wait $pid || fail "a run under nohup ended: $(cat "$work/log")"

# --- one policy that is ended takes no other's results along ---
for signal in SEGV KILL; do
    out=$work/one-$signal
    "$lead" run "$work/long.yaml" --out "$out" --jobs 3 >"$work/table" 2>"$work/log" &
    pid=$!
    started() { [ -n "$(pgrep -f "run-policy $out/scenario.yaml 0 ")" ]; }
    wait_for $pid started
    kill -$signal "$(pgrep -f "run-policy $out/scenario.yaml 0 ")"
    status=0
    wait $pid || status=$?
    [ $status = 1 ] || fail "a policy that was ended: status $status"
    grep -q "policy \"static\" failed: it was ended by signal $(kill -l $signal)" "$work/log" || fail "said: $(cat "$work/log")"
    grep -q '1 of 3 policies failed: "static"' "$work/log" || fail "said: $(cat "$work/log")"
    [ "$(number "$out/summary.json" links epochs)" = 3000 ] && [ "$(number "$out/summary.json" reactive epochs)" = 3000 ] || fail "the others' summary"
    python3 -c 'import json, sys; s = json.load(open(sys.argv[1])); assert [f["name"] for f in s["failed"]] == ["static"] and "signal" in s["failed"][0]["why"]' "$out/summary.json" ||
        fail "$(cat "$out/summary.json")"
    grep -q '^links ' "$work/table" || fail "no table of the others: $(cat "$work/table")"
    ! grep -q '^static ' "$work/table" || fail "the failed one is in the table"
done

# --- what runs out: descriptors, processes, room in files ---
for files in 4 5 6 7 8 9 10 11 12 13 14 16 20; do
    status=0
    (exec >"$work/said" 2>&1 && ulimit -n $files && exec "$lead" run "$work/short.yaml" --out "$work/n$files") || status=$?
    case $status in
    0) [ -s "$work/n$files/summary.json" ] || fail "$files descriptors: no summary" ;;
    1) grep -q "^lead: .*Too many open files" "$work/said" || fail "$files descriptors: $(cat "$work/said")" ;;
    127) grep -q "error while loading shared libraries" "$work/said" || fail "$files descriptors: $(cat "$work/said")" ;; # the loader's own
    *) fail "$files descriptors: status $status: $(cat "$work/said")" ;;
    esac
done
for blocks in 1 4 20; do # of 1024 bytes
    status=0
    (ulimit -f $blocks && exec "$lead" run "$work/long.yaml" --out "$work/f$blocks" >"$work/said" 2>&1) || status=$?
    [ $status = 1 ] || fail "files of $blocks kB: status $status: $(cat "$work/said")"
    grep -q "File too large" "$work/said" || fail "files of $blocks kB: $(cat "$work/said")"
    [ ! -d "$work/f$blocks/static" ] || whole "$work/f$blocks"
done
for kilobytes in 145000 150000 180000 200000 220000 240000 260000 300000 400000; do # of addresses; with less, libraries do not come to their start
    for command in "info" "run $work/short.yaml --out $work/v$kilobytes"; do
        status=0
        read -ra words <<<"$command"
        (ulimit -v "$kilobytes" && exec "$lead" "${words[@]}" >"$work/said" 2>&1) || status=$?
        case $status in
        0) ;;
        1) grep -Eq '^lead: .*(memory|policies failed)' "$work/said" || fail "$kilobytes kB, $command: $(cat "$work/said")" ;;
        *) fail "$kilobytes kB, $command: status $status: $(cat "$work/said")" ;;
        esac
    done
done
# A pipe as an input is not waited for.
mkfifo "$work/pipe.yaml" "$work/pipe.csv"
refused "pipe.yaml: is not a regular file" "$lead" validate "$work/pipe.yaml"
refused "pipe.yaml: is not a regular file" "$lead" run "$work/pipe.yaml"
refused "pipe.csv: is not a regular file" "$lead" convert "$work/pipe.csv" "$work/x.graph"
refused "pipe.csv: is not a regular file" "$lead" evaluate --tm "$work/pipe.csv" --predictor last
