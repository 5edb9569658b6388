# The commands of docs/cluster.md, for the tests that run them; to be sourced after support.sh.

# blocks SECTION LANGUAGE: the code that stands below the headline which holds SECTION, up to the next one.
blocks() {
    awk -v section="$1" -v begin="^\`\`\`$2\$" '/^## / { here = index($0, section) } here && $0 ~ begin { inside = 1; next } /^```/ { inside = 0 } inside' \
        "$LEAD_SOURCE/docs/cluster.md"
}

# A scenario of four links for its day.yaml, beside its network.
page_scenario() {
    printf 'src,dst,capacity_kbps\nA,B,1000\nB,A,1000\nB,C,1000\nC,B,1000\nC,D,1000\nD,C,1000\nD,A,1000\nA,D,1000\n' >network.csv
    cat <<'Y'
name: day
topology: { file: network.csv }
traffic: { synthetic: { epochs: 40, history: 20 }, load: { optimal_mlu_peak: 0.8 } }
policies: [ { name: static, te: { algorithm: ecmp } } ]
engine: fluid
Y
}
