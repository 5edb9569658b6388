# Pages in parts (results/parts.py, results/parts.sh): on a made-up page with two parts a change measures again only what it touches,
# --list tells without building, and neither words between parts nor parts changed by hand are lost. The real tables are in order.
. "$LEAD_SOURCE/tests/integration/support.sh"
command -v git >/dev/null || { echo "skipped: no git"; exit 0; }
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
export LEAD_DATA=$work/data
mkdir -p "$work/data" "$work/project/results" "$work/project/src"
cp "$LEAD_SOURCE"/results/{__init__.py,parts.py,parts.sh} "$work/project/results/"
cd "$work/project"
echo 17 >"$work/data/numbers.csv"
echo "int a;" >src/a.c
echo "int b;" >src/b.c
echo /build/ >.gitignore
cat >results/parts.ini <<'INI'
[sets]
both = src/a.c
[page.md]
one = ${sets:both} data:numbers.csv
two = src/b.c make.sh:two
INI
cat >make.sh <<'MAKER'
. results/parts.sh
set -euo pipefail
prepare() { echo built >>build/log; }
measure() { echo "measured $1" >>build/log; "$1"; }
one() {
    echo "## One"
    cat "$LEAD_DATA/numbers.csv" src/a.c
}
two() {
    echo "## Two"
    cat src/b.c
    [ "$(grep -c wrong src/b.c)" = 0 ] # else it fails in its middle
    echo "the end of two"
}
make_page page.md "$@"
MAKER
git init -q .
git add .

made() { # STATUS DID [ARGUMENT ...]: the maker ends with that status and has done that and no more
    local status=$1 log=$2
    shift 2
    rm -f build/log
    said=$(bash make.sh "$@" 2>&1) && ended=0 || ended=$?
    [ "$ended" = "$status" ] || fail "make.sh $* ended with $ended: $said"
    [ "$(tr '\n' ' ' 2>/dev/null <build/log)" = "$log" ] || fail "make.sh $* did not \"$log\" but \"$(cat build/log)\": $said"
}
says() { grep -qF -- "$1" <<<"$said" || fail "\"$1\" is not said: $said"; }
has() { grep -qxF -- "$1" page.md || fail "the page lacks \"$1\": $(cat page.md)"; }
nothing() { # ARGUMENTS...: it runs, and neither builds nor measures
    rm -f build/log
    said=$(bash make.sh "$@" 2>&1) || fail "make.sh $* failed: $said"
    [ ! -e build/log ] || fail "make.sh $* did $(cat build/log)"
}

# All is measured, then nothing, and then what has changed.
nothing --list
says "one                    not measured yet"
printf '# Numbers\n\nWords before.\n' >page.md
made 0 "built measured one measured two "
has 17
has "int b;"
has "the end of two"
grep -q '^Measured from [0-9a-f]\{12\}, on [0-9]* cores' page.md || fail "the parts do not say what they are from: $(cat page.md)"
printf '\nWords after.\n' >>page.md
nothing
says "one: current"
says "two: current"
echo "int a2;" >>src/a.c
nothing --list
says "one                    out of date, since src/a.c changed"
says "two                    current"
made 0 "built measured one "
says "one: measured again, since src/a.c changed"
has "int a2;"
has "Words before."
has "Words after."
[ "$(grep -c '^Measured from' page.md)" = 2 ] || fail "a part is there twice: $(cat page.md)"

# Data count by their content; a function of the maker counts, the rest of the maker does not; what is named is measured in any case.
echo 18 >"$work/data/numbers.csv"
sed -i 's/end of two/last of two/; s/## One/## First/' make.sh
nothing --list
says "one                    out of date, since data:numbers.csv changed"
says "two                    out of date, since make.sh:two changed"
made 0 "built measured one measured two "
made 0 "built measured two " tw
says "two: measured, since it was named"
refused "no part is called three: one two" bash make.sh three

# Data that are not at hand are named, and do not cost the figures measured with them.
rm "$work/data/numbers.csv"
nothing --list
says "current but for what is not at hand: data:numbers.csv"
echo "int a3;" >>src/a.c
nothing
says "one: out of date, since src/a.c, data:numbers.csv changed; not at hand: data:numbers.csv, so it stays until somebody names it"
has 18
echo 18 >"$work/data/numbers.csv"
made 0 "built measured one "

# A fresh clone knows what is current; what a commit had can be told later.
git add .
git -c user.name=x -c user.email=x@x commit -qm 1
git clone -q . "$work/clone"
said=$(cd "$work/clone" && bash make.sh --list)
says "one                    current"
says "two                    current"
before=$(python3 -m results.parts stamp page.md two)
echo "int b2;" >>src/b.c
[ "$(python3 -m results.parts stamp page.md two --at HEAD)" = "$before" ] || fail "the stamp of a commit is another one"
[ "$(python3 -m results.parts stamp page.md two)" != "$before" ] || fail "the stamp is that of the commit"

# A part that was changed by hand is left alone and said to be, until somebody names it.
sed -i 's/^the last of two$/the very last of two/' page.md
nothing
says "two: edited by hand: it stays until somebody names it"
has "the very last of two"
made 0 "built measured two " two
has "int b2;"
has "the last of two"

# A part that goes wrong, in its middle, leaves the page as it is; the others are measured.
cp page.md before.md
echo "wrong" >>src/b.c
made 1 "built measured two "
says "two went wrong"
cmp page.md before.md || fail "a part that went wrong changed the page"
sed -i 's/^<!-- part: two [0-9a-f]*/<!-- part: two 000000000000/' page.md
nothing --list
says "two                    edited by hand"
sed -i '/^<!-- end: two/d' page.md
refused "comments before and after a part are not in order" bash make.sh --list

# The makers of the real pages tell without a build; every part of theirs is there.
cd "$LEAD_SOURCE"
git ls-files >/dev/null 2>&1 || { echo "the real pages are left out: not in a repository"; exit 0; }
python3 -m unittest -q results.tests.test_parts || fail "results/parts.ini"
for maker in results/robustness.sh results/te.sh results/forecast.sh tests/bench/run.sh; do
    env -u LEAD_DATA bash "$maker" --list >"$work/said" 2>&1 || fail "$maker --list: $(cat "$work/said")"
    grep -q '^results/' "$work/said" || fail "$maker --list says $(cat "$work/said")"
done
for page in results/*.md results/experiments/*.md; do
    [ "$(grep -c '^<!-- part: ' "$page")" -gt 0 ] || fail "$page has no parts"
done
