# run.sh and test.sh where they cannot install: a clear message, not a stack of errors. get-data.sh from files at hand.
. "$LEAD_SOURCE/tests/integration/support.sh"
mkdir "$work/bin"
printf '#!/bin/sh\necho not-installed\n' >"$work/bin/dpkg-query"
printf '#!/bin/sh\necho 1000\n' >"$work/bin/id"
chmod +x "$work/bin"/*
for tool in bash dirname sed; do ln -s "$(command -v $tool)" "$work/bin/$tool"; done
for script in run.sh test.sh; do
    status=0
    said=$(PATH=$work/bin "$LEAD_SOURCE/$script" 2>&1) || status=$?
    [ $status = 1 ] || fail "$script ended with $status"
    grep -q "need root to install: build-essential" <<<"$said" || fail "$script said: $said"
done

# A day of SNDlib files, as the archive holds them, becomes the TM file that scenarios name.
mkdir -p "$work/set/tms"
printf 'time,a>a,a>b,b>a,b>b\n2004-03-01T00:00:00Z,0,1.5,2,0\n2004-03-01T00:05:00Z,0,1000,0.5,0\n' >"$work/tm.csv"
"$lead" convert "$work/tm.csv" "$work/set/tms/" >/dev/null
tar -C "$work/set" -czf "$work/set.tgz" tms
LEAD_DATA_URL=file://$work/set.tgz LEAD_PROGRAM=$lead bash "$LEAD_SOURCE/scenarios/get-data.sh" "$work/data" >/dev/null
"$lead" convert "$work/data/abilene-tm.csv.gz" "$work/back.csv" >/dev/null
cmp "$work/tm.csv" "$work/back.csv" || fail "get-data.sh changed the TMs"
