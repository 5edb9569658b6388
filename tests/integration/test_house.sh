# The house's rules hold (tests/house/house.py), the checker finds what breaks them, and docs/design.md shows the house as it is.
. "$LEAD_SOURCE/tests/integration/support.sh"
house=$LEAD_SOURCE/tests/house/house.py
python3 "$house" "$LEAD_SOURCE" >"$work/said" || fail "$(cat "$work/said")"

mkdir -p "$work/copy/tests"
cp -r "$LEAD_SOURCE/module" "$LEAD_SOURCE/glue" "$work/copy/"
cp -r "$LEAD_SOURCE/tests/house" "$work/copy/tests/"
breaks() { # FILE INCLUDE PATTERN: the include in that file is found
    cp "$work/copy/$1" "$work/before"
    sed -i "1i #include \"$2\"" "$work/copy/$1"
    refused "$3" python3 "$house" "$work/copy"
    cp "$work/before" "$work/copy/$1"
}
breaks module/net/topology.c te/types.h "net/topology.c includes from te, which arrows.txt does not allow net"
breaks module/te/sr/segments.c te/paths/planner.h "te/sr/segments.c includes from te/paths"
breaks module/te/weights/spf_state.h te/weights/spf.h "a circle of files: te/weights/spf"
echo "net: base lead/net te" >>"$work/copy/tests/house/arrows.txt"
refused "allows net to include from te: nothing does" python3 "$house" "$work/copy"
cp "$LEAD_SOURCE/tests/house/arrows.txt" "$work/copy/tests/house/"
for i in $(seq 16); do touch "$work/copy/module/net/new$i.h"; done
refused "net holds [0-9]+ files, more than 15" python3 "$house" "$work/copy"

sed -n '/^<!-- house -->$/,/^<!-- end -->$/p' "$LEAD_SOURCE/docs/design.md" | sed '1d;$d' >"$work/shown"
python3 "$house" "$LEAD_SOURCE" --draw >"$work/drawn"
diff "$work/shown" "$work/drawn" >"$work/differ" || fail "docs/design.md shows another house (house.py --draw): $(cat "$work/differ")"
