/* The fuzzers of topology and TM readers differ in the file's ending only. */
#ifndef FUZZ_READERS_H
#define FUZZ_READERS_H

#include "fuzz.h"
#include <lead/formats.h>

/* Any bytes as a topology: read or refused, and what was read can be written and read again. */
static inline int fuzz_topology(const uint8_t *data, size_t size, const char *ending) {
    const char *path = fuzz_file(data, size, ending);
    lead_topology *topology, *again;
    if (lead_topology_read(path, &(lead_topology_reading){.capacity = 1e9}, &topology) == LEAD_OK) {
        if (lead_topology_write(topology, path) == LEAD_OK) {
            if (lead_topology_read(path, 0, &again) != LEAD_OK)
                abort();
            lead_topology_free(again);
        }
        lead_topology_free(topology);
    }
    unlink(path);
    return 0;
}

static inline void read_tms(const char *path, const lead_topology *topology) {
    lead_tm_reading reading = {.topology = topology, .from = INT64_MIN};
    lead_tm_series *series;
    if (lead_tm_series_read(path, &reading, &series) == LEAD_OK)
        lead_tm_series_free(series);
}

/* Any bytes as a file of TMs, with the nodes of a topology and without: read or refused. */
static inline int fuzz_tms(const uint8_t *data, size_t size, const char *ending) {
    static lead_topology *topology;
    if (!topology && (lead_topology_alloc(&topology) != LEAD_OK ||
                      lead_topology_add_node(topology, "a", NULL) != LEAD_OK ||
                      lead_topology_add_node(topology, "b", NULL) != LEAD_OK))
        abort();
    const char *path = fuzz_file(data, size, ending);
    read_tms(path, topology);
    read_tms(path, NULL);
    unlink(path);
    return 0;
}

#endif
