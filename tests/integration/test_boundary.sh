# The library's boundary: the shared one shows the functions that public headers declare, all of them and nothing else; each
# header can be included alone, in C and in C++, wants no other library's headers, and says what threads may do. What C calls of
# Clp, which is C++, cannot throw.
. "$LEAD_SOURCE/tests/integration/support.sh"
shown() { nm -D --defined-only "$1" | awk '{ print $3 }' | sort; }

headers=$work/include
mkdir -p "$headers"
cp -r "$LEAD_SOURCE/module/include/lead" "$LEAD_BUILD/include/lead" "$headers"
cat "$headers"/lead/*.h | tr '\n' ' ' | grep -oE 'LEAD_API [^;(]*\(' | grep -oE 'lead_[a-z0-9_]+ *\($' | tr -d ' (' | sort >"$work/declared"
[ "$(wc -l <"$work/declared")" -gt 150 ] || fail "few functions are declared: $(cat "$work/declared")"
shown "$LEAD_BUILD/liblead.so" >"$work/shown"
difference=$(diff "$work/declared" "$work/shown") || fail "the headers (<) and liblead.so (>) differ: $difference"

for header in "$headers"/lead/*.h; do
    name=lead/$(basename "$header")
    grep -hE '^#include' "$header" | grep -qvE '<(lead/[a-z]+\.h|std[a-z]+\.h)>' && fail "$name includes what is neither ours nor C's"
    grep -q '^ \* Threads' "$header" || fail "$name does not say what threads may do"
    printf '#include <%s>\n#include <%s>\nint nothing;\n' "$name" "$name" >"$work/alone.c"
    cc -std=c17 -Wall -Wextra -Wpedantic -Werror -I"$headers" -fsyntax-only "$work/alone.c" || fail "$name alone in C"
    c++ -std=c++17 -x c++ -Wall -Wextra -Wpedantic -Werror -I"$headers" -fsyntax-only "$work/alone.c" || fail "$name alone in C++"
done

cannot_throw='numberRows|numberColumns|primalColumnSolution|dualRowSolution|getRowPrice|objective|objectiveValue|statusArray|columnLower'
cannot_throw+='|Version|chgRowUpper|scaling|setDualTolerance' # these write in place
called=$(grep -rhoE '\bClp_[A-Za-z]+\(' "$LEAD_SOURCE/module" | sort -u | grep -vE "^Clp_($cannot_throw)\\($" || true)
[ -z "$called" ] || fail "these calls of Clp belong in glue/clp, where what they throw ends: $called"
