# The commands of docs/cluster.md but Slurm's (test_slurm.sh), as they stand there: GNU parallel, and Snakemake where it is installed.
. "$LEAD_SOURCE/tests/integration/support.sh"
. "$LEAD_SOURCE/tests/integration/page.sh"
cd "$work"
PATH=$LEAD_BUILD:$PATH
page_scenario >day.yaml
lead whatif day.yaml --single-link-failures --out wanted --jobs 2 >/dev/null 2>&1
same() { cmp wanted/whatif.csv OUT/whatif.csv || fail "$1: other results"; }

if command -v parallel >/dev/null; then
    echo : >machines
    blocks parallel sh >commands
    [ "$(grep -c . commands)" = 4 ] || fail "GNU parallel's commands are others: $(cat commands)"
    sed '/sshlogin/d' commands >here
    bash -e here >said 2>&1 || fail "$(cat said)"
    same "GNU parallel"
    grep -q 'row 2 is done' said || fail "$(cat said)"
    rm OUT/runs/*/done OUT/whatif.csv
    { grep sshlogin commands && tail -n 1 here; } >several
    bash -e several >said 2>&1 || fail "$(cat said)"
    same "GNU parallel on several machines"
    rm -r OUT
else
    echo "skipped: no GNU parallel here"
fi

if command -v snakemake >/dev/null; then
    blocks Snakemake python >Snakefile
    blocks Snakemake sh >commands
    bash -e commands >said 2>&1 || fail "$(cat said)"
    same "Snakemake"
    rm OUT/whatif.csv "$(find OUT/runs -name 'done' | head -n 1)"
    tail -n 1 commands | bash -e >said 2>&1 || fail "$(cat said)"
    same "Snakemake again"
    grep -qE '^row +1( |$)' said || fail "not only what is missing: $(cat said)"
else
    echo "skipped: no Snakemake here"
fi
