# What is installed: a program that runs from there, and a library that a C program finds by pkg-config, shared or static, and
# by CMake.
. "$LEAD_SOURCE/tests/integration/support.sh"
cmake --install "$LEAD_BUILD" --prefix "$work/usr" >"$work/log" || fail "$(cat "$work/log")"
"$work/usr/bin/lead" info | grep -q "algorithms  ecmp, mcf, weights" || fail "the installed program"
[ ! -e "$LEAD_BUILD/report.html" ] || [ -s "$work/usr/share/ns3-lead/report.html" ] || fail "the report's page is not installed"
mkdir "$work/none"
if [ -e "$LEAD_BUILD/report.html" ]; then refused 'neither summary.json' "$work/usr/bin/lead" report "$work/none"; fi
! has_ns3 || "$work/usr/bin/lead" check "$work/usr/share/ns3-lead/scenarios/abilene-synthetic.yaml" >/dev/null || fail "the installed scenarios"
for file in man/man1/lead.1 man/man1/lead-run.1 man/man1/lead-whatif.1 bash-completion/completions/lead zsh/site-functions/_lead; do
    cmp "$LEAD_BUILD/share/$file" "$work/usr/share/$file" || fail "share/$file is not installed"
done
if command -v man >/dev/null; then
    MANPATH=$work/usr/share/man man lead-run >"$work/page" 2>&1 || fail "man lead-run: $(cat "$work/page")"
    grep -q 'SCENARIO.yaml' "$work/page" || fail "man lead-run: $(cat "$work/page")"
fi
cat >"$work/user.c" <<'C'
#include <lead/net.h>
#include <lead/version.h>
#include <stdio.h>
#include <string.h>
int main(void) {
    lead_topology *topology;
    int major, minor, patch;
    char version[32];
    const char *text = lead_version(&major, &minor, &patch);
    snprintf(version, sizeof version, "%d.%d.%d", major, minor, patch);
    if (strcmp(text, LEAD_VERSION) != 0 || strcmp(version, LEAD_VERSION) != 0 || minor != LEAD_VERSION_MINOR)
        return 1;
    if (lead_topology_alloc(&topology) != LEAD_OK || lead_topology_add_node(topology, "", NULL) != LEAD_INVALID)
        return 1;
    puts(lead_last_message());
    lead_topology_free(topology);
    return 0;
}
C
libraries=$(dirname "$(find "$work/usr" -name lead.pc)")
export PKG_CONFIG_PATH=$libraries
read -ra flags <<<"$(pkg-config --cflags --libs lead)"
cc -std=c17 "$work/user.c" "${flags[@]}" -Wl,-rpath,"$(dirname "$libraries")" -o "$work/user"
[ "$("$work/user")" = "a node has an empty name" ] || fail "a program built by pkg-config"
[ "$(pkg-config --modversion lead)" = "$(sed -n 's/#define LEAD_VERSION "\([^"]*\)".*/\1/p' "$work/usr/include/lead/version.h")" ] || fail "the versions of lead.pc and version.h"
! pkg-config --libs lead | grep -qE 'gsl|Clp|ns3' || fail "who links the shared library is given its libraries, too"

# The static library needs them named, and then nothing of the shared one is there.
read -ra private <<<"$(pkg-config --static --libs lead | sed 's/-llead /-l:liblead.a /')"
cc -std=c17 "$work/user.c" -I"$work/usr/include" "${private[@]}" -o "$work/user-static"
[ "$("$work/user-static")" = "a node has an empty name" ] || fail "a program with the static library"
! ldd "$work/user-static" | grep -q liblead || fail "a program with the static library needs the shared one"
mkdir "$work/cmake"
cat >"$work/cmake/CMakeLists.txt" <<C
cmake_minimum_required(VERSION 3.22)
project(user C)
find_package(lead REQUIRED)
add_executable(user $work/user.c)
target_link_libraries(user PRIVATE lead::lead)
C
cmake -S "$work/cmake" -B "$work/cmake/build" -DCMAKE_PREFIX_PATH="$work/usr" >"$work/log" 2>&1 && cmake --build "$work/cmake/build" >>"$work/log" 2>&1 ||
    fail "$(cat "$work/log")"
[ "$("$work/cmake/build/user")" = "a node has an empty name" ] || fail "a program built by CMake"

# `./run.sh --install`, by its function: it says where the program is, and what to type where the shell does not find it.
installs() { # PATH
    PATH=$1 bash -c 'cd "$0" && . scenarios/setup.sh && install_program "$1" "$2"' "$LEAD_SOURCE" "$LEAD_BUILD" "$work/pre fix" >said 2>&1
}
cd "$work"
mkdir "pre fix" other
installs /usr/bin:/bin || fail "--install: $(cat said)"
grep -qF "export PATH=\"$work/pre fix/bin:\$PATH\"" said || fail "--install does not say what to type: $(cat said)"
line=$(sed -n 's/.*: export/export/p' said)
bash -c "$line; lead info" >/dev/null || fail "what --install says to type does not help"
installs "$work/pre fix/bin:$PATH" && ! grep -q 'export PATH' said || fail "--install where the shell finds it: $(cat said)"
ln -s /bin/true other/lead
installs "$work/other:$PATH" && grep -qF "\`lead\` is $work/other/lead" said || fail "--install where another is before it: $(cat said)"
