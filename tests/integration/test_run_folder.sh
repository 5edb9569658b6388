# The folder of a run: one run at a time, nothing of an earlier run that could be taken for this one's, nothing of anybody
# else's touched.
. "$LEAD_SOURCE/tests/integration/support.sh"

scenario() { # name, epochs, policies...
    local name=$1 epochs=$2 policy
    shift 2
    cat <<Y
name: $name
topology: { file: $LEAD_SOURCE/scenarios/abilene.yaml }
traffic:
  synthetic: { epochs: $epochs, history: 600 }
time: { epoch: 300 s }
engine: fluid
policies:
Y
    for policy; do echo "  - { name: \"$policy\", te: { algorithm: ecmp } }"; done
}

# --- two runs at once: the second is refused, the first is whole ---
scenario long 5000 one two >"$work/long.yaml"
scenario other 5 one three >"$work/other.yaml"
"$lead" run "$work/long.yaml" --out "$work/o" >/dev/null 2>&1 &
pid=$!
until [ "$(cat "$work"/o/*/epochs.csv 2>/dev/null | wc -l)" -gt 10 ]; do kill -0 $pid || fail "the long run ended early"; done
kill -STOP $pid # it holds the folder as long as it takes
refused "$work/o: another run is writing there" "$lead" run "$work/other.yaml" --out "$work/o"
ln -s o "$work/same"
refused "another run is writing there" "$lead" run "$work/other.yaml" --out "$work/same"
kill -CONT $pid
wait $pid || fail "the first of two runs failed"
[ "$(number "$work/o/summary.json" one epochs)" = 5000 ] && [ "$(wc -l <"$work/o/one/epochs.csv")" = 5001 ] || fail "the first of two runs is not whole"
[ ! -e "$work/o/three" ] || fail "the refused run left something"

# --- what an earlier run left goes; what somebody keeps there stays ---
mkdir "$work/o/mine" "$work/o/plots"
echo "my own" | tee "$work/o/notes.txt" "$work/o/mine/epochs.csv" >"$work/o/plots/summary.json"
"$lead" run "$work/other.yaml" --out "$work/o" >/dev/null 2>"$work/log" || fail "$(cat "$work/log")"
[ ! -e "$work/o/two" ] || fail "a policy of the earlier run stays: $(ls "$work/o/two")"
for file in notes.txt mine/epochs.csv plots/summary.json; do
    [ "$(cat "$work/o/$file")" = "my own" ] || fail "$file is not what it was"
done
[ "$(find "$work/o" -mindepth 1 -maxdepth 1 -printf '%f\n' | sort | paste -sd' ')" = "mine notes.txt one plots scenario.yaml summary.csv summary.json three" ] || fail "$(ls "$work/o")"
scenario third 5 three >"$work/third.yaml"
echo "my own" >"$work/o/one/plot.txt"
"$lead" run "$work/third.yaml" --out "$work/o" >/dev/null 2>"$work/log" || fail "$(cat "$work/log")"
[ "$(cat "$work/o/one/plot.txt")" = "my own" ] || fail "a file in a policy's folder is gone"
grep -q "$work/o/one is of an earlier run" "$work/log" || fail "not told: $(cat "$work/log")"
# A policy that fails has no summary of an earlier run beside its rows.
echo "no folder" >"$work/blocked"
"$lead" run "$work/other.yaml" --out "$work/o" >/dev/null 2>&1
rm "$work/o/three/epochs.csv"
ln -s "$work/blocked" "$work/o/three/epochs.csv"
refused "policy \"three\" failed: .*three/epochs.csv: .*no regular file" "$lead" run "$work/other.yaml" --out "$work/o"
[ "$(grep -c '"three" failed' "$work/said")" = 1 ] || fail "the only policy's failure is not said once: $(cat "$work/said")"
[ "$(cat "$work/blocked")" = "no folder" ] || fail "a link was followed"
[ "$(number "$work/o/summary.json" one epochs)" = 5 ] || fail "no summary of the other policy"

# --- links lead nowhere ---
for file in epochs.csv links.csv timings.csv; do
    rm -rf "$work/l" && mkdir -p "$work/l/three"
    ln -s "$work/blocked" "$work/l/three/$file"
    refused "three/$file: .*no regular file" "$lead" run "$work/third.yaml" --out "$work/l"
done
for file in summary.json summary.csv scenario.yaml; do
    rm -rf "$work/l" && mkdir -p "$work/l/three"
    ln -s "$work/blocked" "$work/l/$file"
    ln -s "$work/blocked" "$work/l/three/summary.json"
    "$lead" run "$work/third.yaml" --out "$work/l" >/dev/null 2>"$work/log" || fail "$(cat "$work/log")"
    [ ! -L "$work/l/$file" ] || fail "$file is a link"
done
rm -rf "$work/l" && mkdir -p "$work/l" "$work/elsewhere"
ln -s "$work/elsewhere" "$work/l/three"
refused "three: .*symbolic link" "$lead" run "$work/third.yaml" --out "$work/l"
[ -z "$(ls "$work/elsewhere")" ] || fail "rows went elsewhere: $(ls "$work/elsewhere")"
[ "$(cat "$work/blocked")" = "no folder" ] || fail "a link was followed"

# --- names ---
cd "$work"
while read -r name; do
    scenario "\"$name\"" 2 p >name.yaml
    refused "name.yaml:1: name: .* cannot name a folder" "$lead" validate name.yaml
    refused "name.yaml:1: name: .* cannot name a folder" "$lead" run name.yaml
    ! grep -q "$(printf '[\001-\010\033\177]')" said || fail "a control character is shown as it is: $(cat -v said)"
done <<'N'
../../escaped
a/b
.hidden
..
two words
\e]0;owned\a
\e[31m
two\nlines
über
N
[ ! -e "$work/../escaped" ] && [ ! -e out ] || fail "a name leaves out/"
for name in summary.json summary.csv scenario.yaml summary.json.part-1; do
    scenario n 2 p "$name" >name.yaml
    refused "name.yaml:9: policies\[1\].name: \"$name\" is a file of the run itself" "$lead" validate name.yaml
done
scenario n 2 summary summary.jsonx >name.yaml
"$lead" run name.yaml >/dev/null 2>log || fail "$(cat log)"

# --- a full disk, a folder that cannot be written: where mounting is allowed ---
if unshare -m true 2>/dev/null; then
    mkdir "$work/disk"
    cat >"$work/full.sh" <<'S'
mount -t tmpfs -o size=$1 tmpfs "$2/disk" || exit 99
[ "$3" = rw ] || mount -o remount,ro "$2/disk" || exit 99
status=0
"$lead" run "$2/long.yaml" --out "$2/disk/o" >"$2/said" 2>&1 || status=$?
for file in "$2"/disk/o/*/*.csv; do
    [ ! -e "$file" ] || [ ! -s "$file" ] || [ -z "$(tail -c 1 "$file" | tr -d '\n')" ] || { echo "$file ends in half a line" >>"$2/said"; exit 98; }
done
exit $status
S
    export lead
    while read -r size mode message; do
        status=0
        unshare -m bash "$work/full.sh" "$size" "$work" "$mode" || status=$?
        [ $status != 99 ] || { echo "skipped: no tmpfs may be mounted"; break; }
        [ $status = 1 ] && grep -q "^lead: .*$message" "$work/said" || fail "a disk of $size, $mode: $status: $(cat "$work/said")"
    done <<'D'
4k rw No space left on device
16k rw No space left on device
64k rw No space left on device
300k rw No space left on device
64k ro Read-only file system
D
fi
