# What is installed: a program that runs from there, and a library that a C program finds by pkg-config and by CMake.
. "$LEAD_SOURCE/tests/integration/support.sh"
cmake --install "$LEAD_BUILD" --prefix "$work/usr" >"$work/log" || fail "$(cat "$work/log")"
"$work/usr/bin/lead" info | grep -q "algorithms  ecmp, mcf, weights" || fail "the installed program"
! has_ns3 || "$work/usr/bin/lead" check "$work/usr/share/ns3-lead/scenarios/abilene-synthetic.yaml" >/dev/null || fail "the installed scenarios"
cat >"$work/user.c" <<'C'
#include <lead/net.h>
#include <stdio.h>
int main(void) {
    lead_topology *topology;
    if (lead_topology_alloc(&topology) != LEAD_OK || lead_topology_add_node(topology, "", NULL) != LEAD_INVALID)
        return 1;
    puts(lead_last_message());
    lead_topology_free(topology);
    return 0;
}
C
libraries=$(dirname "$(find "$work/usr" -name lead.pc)")
export PKG_CONFIG_PATH=$libraries
cc -std=c17 "$work/user.c" $(pkg-config --cflags --libs lead) -Wl,-rpath,"$(dirname "$libraries")" -o "$work/user"
[ "$("$work/user")" = "a node has an empty name" ] || fail "a program built by pkg-config"
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
