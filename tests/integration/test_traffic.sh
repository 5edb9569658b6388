# `lead traffic`: a scenario's TMs as a file: the past before the epochs, by the factor of `load`, the same for the same seed.
. "$LEAD_SOURCE/tests/integration/support.sh"
cd "$work"
printf 'time,a>a,a>b,b>a,b>b\n2004-01-01T00:00:00Z,0,1,2,0\n2004-01-01T00:05:00Z,0,3,4,0\n2004-01-01T00:10:00Z,0,5,6,0\n' >tm.csv
printf 'src,dst,capacity_kbps\na,b,1000\nb,a,1000\n' >net.csv
scenario() { # traffic
    printf 'name: s\ntopology: { file: net.csv }\ntraffic: %s\ntime: { epoch: 300 s }\npolicies: [ { name: r, te: { algorithm: ecmp } } ]\nengine: fluid\n' "$1"
}
scenario '{ tm: { file: tm.csv, start: 2004-01-01T00:05:00Z, epochs: 1 }, load: { factor: 2 } }' >file.yaml
"$lead" traffic file.yaml out.csv | grep -q "2 TMs of 2 nodes, the last 1 are" || fail "what it says"
printf 'time,a>a,a>b,b>a,b>b\n2004-01-01T00:00:00Z,0,2,4,0\n2004-01-01T00:05:00Z,0,6,8,0\n' | cmp - out.csv || fail "TMs of a file: $(cat out.csv)"
scenario '{ synthetic: { start: 2004-01-02T00:00:00Z, epochs: 5, history: 20 } }' >made.yaml
scenario '{ synthetic: { start: 2004-01-02T00:00:00Z, epochs: 1, history: 20 } }' >short.yaml
"$lead" traffic made.yaml made.csv.gz >/dev/null
"$lead" traffic made.yaml again.csv >/dev/null
"$lead" traffic short.yaml short.csv >/dev/null
gzip -cd made.csv.gz | cmp - again.csv || fail "another time, other TMs"
[ "$(sed -n 22p again.csv | cut -d, -f1)" = 2004-01-02T00:00:00Z ] || fail "20 TMs before the first epoch"
head -n 22 again.csv | cmp - short.csv || fail "more epochs change those before"
refused "traffic takes a scenario and the file to write" "$lead" traffic made.yaml
refused "nowhere/out.csv" "$lead" traffic made.yaml nowhere/out.csv
