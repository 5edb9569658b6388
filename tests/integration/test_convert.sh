# `lead convert`: around all formats and back, and nothing half written when the input is bad.
. "$LEAD_SOURCE/tests/integration/support.sh"
cd "$work"
"$lead" convert "$LEAD_SOURCE/scenarios/abilene.yaml" a.csv | grep -q "12 nodes, 30 directed links" || fail "yaml to csv"
"$lead" convert a.csv b.graph >/dev/null
"$lead" convert b.graph c.graphml >/dev/null
"$lead" convert c.graphml d.gml >/dev/null
"$lead" convert d.gml e.xml >/dev/null
"$lead" convert e.xml f.yaml >/dev/null
"$lead" convert f.yaml g.csv >/dev/null
cut -d, -f1-3 a.csv | sort >a.sorted
cut -d, -f1-3 g.csv | sort >g.sorted
cmp a.sorted g.sorted || fail "links change on the way around"

printf 'time,a>a,a>b,b>a,b>b\n2004-01-01T00:00:00Z,0,1.5,2,0\n2004-01-01T00:05:00Z,0,1000,0.5,0\n' >tm.csv
"$lead" convert tm.csv tm.csv.gz >/dev/null
"$lead" convert tm.csv.gz tms/ >/dev/null
[ "$(find tms -type f | wc -l)" = 2 ] || fail "one file an epoch"
"$lead" convert tms/ back.csv >/dev/null
cmp tm.csv back.csv || fail "TMs change on the way around"

printf 'time,a>a,a>b,b>a,b>b\n2004-01-01T00:00:00Z,0,1,2,0\n2004-01-01T00:05:00Z,0,inf,2,0\n' >bad.csv
refused "bad.csv:3: column 3: \"inf\" is not a number" "$lead" convert bad.csv out.csv.gz
head -c 40 tm.csv.gz >short.csv.gz
refused "short.csv.gz:[0-9]+: damaged or truncated gzip" "$lead" convert short.csv.gz out.csv
printf 'src,dst,capacity_kbps\na,b,-5\n' >negative.csv
refused "negative.csv:2: link a-b: capacity" "$lead" convert negative.csv out.yaml
: >empty.graph
refused "empty.graph:1: expected" "$lead" convert empty.graph out.yaml
refused "no format has this ending" "$lead" convert tm.txt out.csv
refused "convert takes two files" "$lead" convert tm.csv
[ -z "$(find . -name 'out*')" ] || fail "half written: $(find . -name 'out*')"
