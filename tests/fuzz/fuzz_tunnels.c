/* Any bytes as DOTE's tunnels.txt: refused, or read, written and read again as the same paths. */
#include "fuzz.h"
#include <lead/formats.h>
#include <string.h>

static lead_topology *square(void) {
    lead_topology *topology;
    if (lead_topology_alloc(&topology) != LEAD_OK)
        abort();
    for (int i = 0; i < 4; i++)
        if (lead_topology_add_node(topology, (char[]){(char)('a' + i), '\0'}, NULL) != LEAD_OK)
            abort();
    for (int i = 0; i < 9; i++) { /* both ways around, and a second one of the first */
        lead_link link = {i % 4, (i + (i % 8 < 4 ? 1 : 3)) % 4, 1e6, 0, 0, true, 0};
        if (lead_topology_add_link(topology, link, NULL) != LEAD_OK)
            abort();
    }
    return topology;
}

static void same_paths(const lead_routing *a, const lead_routing *b, int pair) {
    const lead_path *x, *y;
    int count = lead_routing_paths(a, pair / 4, pair % 4, &x);
    if (lead_routing_paths(b, pair / 4, pair % 4, &y) != count)
        abort();
    for (int i = 0; i < count; i++)
        if (x[i].length != y[i].length ||
            memcmp(x[i].links, y[i].links, (size_t)x[i].length * sizeof(int)) != 0)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static lead_topology *topology;
    lead_routing *tunnels, *back;
    if (!topology)
        topology = square();
    lead_log_pause(true);
    const char *path = fuzz_file(data, size, ".txt");
    if (lead_tunnels_read(path, topology, &tunnels) == LEAD_OK) {
        if (lead_tunnels_write(tunnels, topology, path) != LEAD_OK ||
            lead_tunnels_read(path, topology, &back) != LEAD_OK)
            abort();
        for (int pair = 0; pair < 16; pair++)
            same_paths(tunnels, back, pair);
        lead_routing_free(back);
        lead_routing_free(tunnels);
    }
    unlink(path);
    return 0;
}
