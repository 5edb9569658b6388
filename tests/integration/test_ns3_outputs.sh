# What ns-3 itself writes down (outputs: { flow_monitor, pcap }): the packets of a link are those that its counter counted, FlowMonitor's
# bytes are those sent, arrived and dropped; neither changes the run; what other engines do not have is said; nothing half written.
. "$LEAD_SOURCE/tests/integration/support.sh"
has_ns3 || { echo "skipped: this build has no ns-3"; exit 0; }
cd "$work"
printf 'src,dst,capacity_kbps,delay_ms,igp_weight,name\nA,B,1000,2,1,\nB,A,1000,2,1,\nB,C,1000,2,1,upper\nB,C,1000,2,1,lower\nC,B,1000,2,1,\n' >net.csv
python3 - >tm.csv <<'PY'
print("time,A>B,A>C,B>A,B>C,C>A,C>B")
for i in range(4):
    print(f"2024-01-01T00:{5 * i:02d}:00Z," + ",".join(str(rate) for rate in (100 + 50 * i, 300, 250, 200, 100, 400 - 60 * i)))
PY
# scenario MODEL FACTOR MORE: four epochs of five seconds; FACTOR times the traffic.
scenario() {
    cat <<Y
name: s
topology: { file: net.csv }
traffic: { tm: { file: tm.csv }, load: { factor: $2 }, packets: { model: $1, size_bytes: 500, flows_per_pair: 4 } }
time: { epoch: 300 s, simulated: 5 s }
outputs: { flow_monitor: yes, pcap: "A-B, C-B" }
policies: [ { name: p, te: { algorithm: ecmp } } ]
engine: ns3
${3:-}
Y
}
cat >pcap.py <<'PY'
import struct

def packets_of(path):
    """(seconds, bytes on the wire, bytes kept) a packet."""
    data = open(path, "rb").read()
    magic, major, minor, _, _, snap, link_type = struct.unpack_from("<IHHiIII", data)
    assert (magic, major, minor, link_type) == (0xa1b2c3d4, 2, 4, 9), path # PPP
    at, packets = 24, []
    while at < len(data):
        seconds, micros, kept, length = struct.unpack_from("<IIII", data, at)
        bytes_ = data[at + 16:at + 16 + kept]
        assert len(bytes_) == kept == min(length, snap) and bytes_[:2] == b"\x00\x21" and bytes_[2] >> 4 == 4, path # IPv4 over PPP
        assert struct.unpack_from(">H", bytes_, 4)[0] == length - 2, path # the IP header's own length
        packets.append((seconds + micros * 1e-6, length, ".".join(map(str, bytes_[14:18])), ".".join(map(str, bytes_[18:22]))))
        at += 16 + kept
    assert packets == sorted(packets, key=lambda packet: packet[0]), path
    return packets
PY
cat >check.py <<'PY'
import csv, sys, xml.etree.ElementTree as ElementTree
from pcap import packets_of

def carried(run, link):
    """Bytes an epoch that links.csv says a link carried; parallel links by their order."""
    source, destination, number = link
    rows = [row for row in csv.DictReader(open(f"{run}/p/links.csv")) if (row["src"], row["dst"]) == (source, destination)]
    rows = [[row for row in rows if int(row["epoch"]) == epoch][number] for epoch in range(4)]
    return [float(row["carried_bps"]) * 5 / 8 for row in rows]

run, loss, udp = sys.argv[1], sys.argv[2] == "lossy", sys.argv[3] == "udp"
files = {("A", "B", 0): "A-B", ("B", "A", 0): "B-A", ("B", "C", 0): "B-C", ("B", "C", 1): "B-C.2", ("C", "B", 0): "C-B"}
total = {}
for link, name in files.items():
    packets = packets_of(f"{run}/p/{name}.pcap")
    for epoch, expected in enumerate(carried(run, link)):
        counted = sum(length - 2 for time, length, _, _ in packets if 5 * epoch <= time < 5 * epoch + 5)
        assert abs(counted - expected) <= 1e-6 * expected, (name, epoch, counted, expected)
    total[link] = packets
assert total["B", "C", 0] and total["B", "C", 1], "both parallel links carry"

root = ElementTree.parse(f"{run}/p/flowmon.xml").getroot()
stats = {flow.get("flowId"): flow for flow in root.find("FlowStats")}
flows = [(flow, stats[flow.get("flowId")]) for flow in root.find("Ipv4FlowClassifier")]
def of(name, source=None, destination=None):
    return sum(int(stat.get(name)) for flow, stat in flows
               if source in (None, flow.get("sourceAddress")) and destination in (None, flow.get("destinationAddress")))
A, B, C = "10.0.1.1", "10.0.2.1", "10.0.3.1"
assert {flow.get("sourceAddress") for flow, _ in flows} | {flow.get("destinationAddress") for flow, _ in flows} == {A, B, C}
wire = lambda link, source, destination: sum(length - 2 for _, length, a, b in total[link] if (a, b) == (source, destination))
dropped = sum(int(drop.get("bytes")) for stat in stats.values() for drop in stat.findall("bytesDropped"))
summary = {row["name"]: row for row in csv.DictReader(open(f"{run}/summary.csv"))}["p"]
if udp:
    assert len(flows) == 24 and all(int(flow.get("protocol")) == 17 for flow, _ in flows), len(flows)
    for source, destination, link in (A, B, ("A", "B", 0)), (A, C, ("A", "B", 0)), (B, A, ("B", "A", 0)), (C, B, ("C", "B", 0)):
        sent, on_wire = of("txBytes", source, destination), wire(link, source, destination)
        assert sent % 500 == 0 and 0 <= sent - on_wire <= (dropped if loss else 0) + 50000, (source, destination, sent, on_wire) # and what is queued
    assert abs(dropped - float(summary["loss_fraction"]) * of("txBytes")) <= 1e-2 * dropped, (dropped, summary["loss_fraction"], of("txBytes")) # its mean weighs epochs by demand
    assert (dropped > 0) == loss
    delay = sum(float(stat.get("delaySum")[1:-2]) for stat in stats.values()) / of("rxPackets") * 1e-9
    assert abs(delay / float(summary["delay_s_mean"]) - 1) < 0.02, (delay, summary["delay_s_mean"])
else:
    assert all(int(flow.get("protocol")) == 6 for flow, _ in flows)
    # every segment that a link put on the wire is FlowMonitor's, and the other way round
    assert 0 <= of("txBytes", A) - wire(("A", "B", 0), A, B) - wire(("A", "B", 0), A, C) <= dropped + 150000
PY
run() { # NAME MODEL FACTOR MORE
    scenario "$2" "$3" "${4:-}" >"$1.yaml"
    "$lead" run "$1.yaml" --out "$1" >said 2>&1 || fail "$1: $(cat said)"
    [ -z "$(find "$1" -name '*.part-*')" ] || fail "$1: half written: $(find "$1" -name '*.part-*')"
}
run udp poisson 1
python3 check.py udp lossless udp || fail "udp"
run lossy cbr 2.5
python3 check.py lossy lossy udp || fail "more than the links carry"
run red poisson 2.5 "queue: { kind: red, packets: 100 }"
python3 check.py red lossy udp || fail "red"
run tcp tcp 1
python3 check.py tcp lossy tcp || fail "tcp"

# Neither changes the run; the same bytes again; an earlier run's files go.
"$lead" run udp.yaml --set outputs.flow_monitor=no --set outputs.pcap=A-B --out plain >/dev/null 2>&1
for file in epochs links; do cmp udp/p/$file.csv plain/p/$file.csv || fail "FlowMonitor changes $file.csv"; done
python3 -c 'from pcap import packets_of; assert packets_of("udp/p/A-B.pcap") == packets_of("plain/p/A-B.pcap")' || fail "FlowMonitor changes packets"
[ ! -e plain/p/flowmon.xml ] && [ ! -e plain/p/B-C.pcap ] || fail "files that were not asked for: $(ls plain/p)"
"$lead" run udp/scenario.yaml --out again >/dev/null 2>&1
for file in flowmon.xml A-B.pcap; do cmp udp/p/$file again/p/$file || fail "$file: other bytes"; done
sed '/^outputs:/d' udp.yaml >none.yaml
touch udp/p/A-B.pcap.part-1 udp/p/flowmon.xml.part-1 # as a killed run leaves them
"$lead" run none.yaml --out udp >/dev/null 2>said || fail "$(cat said)"
[ -z "$(find udp -name '*.pcap*' -o -name 'flowmon.xml*')" ] || fail "an earlier run's files: $(ls udp/p)"

# A link that is none; an engine that has no packets.
refused 'lossy.yaml:5: outputs.pcap: the network has no link "A-D"' "$lead" validate lossy.yaml --set outputs.pcap=A-D
refused 'outputs.pcap: the network has no link "A-C" .*: did you mean A-B\?' "$lead" run lossy.yaml --set "outputs.pcap=B-C, A-C" --out none
refused 'outputs.flow_monitor: "maybe" is none of no, yes' "$lead" validate lossy.yaml --set outputs.flow_monitor=maybe
"$lead" run lossy.yaml --engine fluid --out fluid >/dev/null 2>said || fail "$(cat said)"
for key in flow_monitor pcap; do grep -q "lossy.yaml:5: outputs.$key: changes nothing in the engine fluid: it is heeded by ns3" said || fail "$key: $(cat said)"; done
[ -z "$(find fluid -name '*.pcap' -o -name flowmon.xml)" ] || fail "the fluid engine wrote $(ls fluid/p)"
