# An ordinary ns-3 program gains the controller in under 10 lines, is built against the installed library, and carries more.
. "$LEAD_SOURCE/tests/integration/support.sh"
example=$LEAD_SOURCE/scenarios/attach
[ "$(grep -c '// lead:' "$example/branch-office.cc")" -lt 10 ] || fail "attaching takes 10 lines or more"
cmake --install "$LEAD_BUILD" --prefix "$work/usr" >"$work/log" || fail "$(cat "$work/log")"
cmake -S "$example" -B "$work/build" -G Ninja -DCMAKE_PREFIX_PATH="$work/usr" >"$work/log" 2>&1 && ninja -C "$work/build" >>"$work/log" 2>&1 ||
    fail "$(tail -n 30 "$work/log")"
cd "$work"
alone=$("$work/build/branch-office" | cut -d' ' -f1)
attached=$("$work/build/branch-office" --controller="$example/controller.yaml" | cut -d' ' -f1)
echo "alone $alone Mbit/s, attached $attached Mbit/s"
holds "8 < $alone < 10"        # the short way's 10 Mbit/s
holds "$attached > 1.5 * $alone" # both ways
[ "$(wc -l <attached/epochs.csv)" = 40 ] || fail "not 39 epochs: $(wc -l <attached/epochs.csv)"
awk -F, '$2 == "A" && $3 == "C" && $1 > 10 && $7 > 0.5 { used = 1 } END { exit !used }' attached/links.csv || fail "the longer way is not used"
printf 'name: x\npolicies: [ { name: p, te: { algorithm: magic } } ]\n' >bad.yaml
status=0
"$work/build/branch-office" --controller=bad.yaml >said 2>&1 || status=$?
[ $status != 0 ] && grep -q 'bad.yaml:2: policies\[0\].te.algorithm: "magic"' said || fail "a bad file: $(cat said)"

# docs/attach.md's program, as it stands there.
mkdir "$work/own"
cd "$work/own"
file_of() { # NAME LANGUAGE: the block after the line that names the file
    awk -v name="\`$1\`:" -v begin="\`\`\`$2" 'index($0, name) { named = 1 } inside && /^```/ { exit } inside; named && $0 == begin { inside = 1 }' \
        "$LEAD_SOURCE/docs/attach.md" >"$1"
    [ -s "$1" ] || fail "docs/attach.md has no $1"
}
file_of program.cc cpp
file_of controller.yaml yaml
file_of CMakeLists.txt cmake
mkdir home
mv "$work/usr" home/lead
awk '/^```sh/ { inside = 1; next } /^```/ { inside = 0 } inside' "$LEAD_SOURCE/docs/attach.md" >commands
[ "$(grep -c . commands)" = 4 ] || fail "docs/attach.md shows $(grep -c . commands) commands"
HOME=$PWD/home bash -e commands >said 2>&1 || fail "docs/attach.md: $(tail -n 20 said)"
said=$(awk '/ Mbit\/s arrived/ { printf "%s%.3g", seen++ ? " " : "", $1 }' said)
shown=$(sed -n 's/.*and \([0-9.]*\) Mbit\/s arrive; with it \([0-9.]*\)\..*/\1 \2/p' "$LEAD_SOURCE/docs/attach.md")
echo "docs/attach.md: $said"
[ "$said" = "$shown" ] || fail "docs/attach.md says $shown, it is $said"
[ "$(wc -l <attached/epochs.csv)" = 40 ] || fail "not 39 epochs: $(wc -l <attached/epochs.csv)"
pkg=$(find home/lead -name lead.pc -printf '%h')
PKG_CONFIG_PATH=$pkg pkg-config --cflags --libs lead >flags || fail "pkg-config does not find lead"
printf 'name: x\ntime: { epoch: 1 s, simulated: 500 ms }\ntopology: { file: a.yaml }\npolicies: [ { name: p, te: { algorithm: mcf } } ]\n' >controller.yaml
! build/program >said 2>&1 && grep -q 'controller.yaml:3: Unexpected key: topology' said || fail "a key of no controller: $(cat said)"
