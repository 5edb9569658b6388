/* The fuzzers of topology and TM readers differ in the file's ending only. */
#ifndef FUZZ_READERS_H
#define FUZZ_READERS_H

#include "fuzz.h"
#include <lead/formats.h>
#include <string.h>

/* Writes a network in one format and reads it back: refused, or as many nodes and links. */
static inline void fuzz_round(const lead_topology *topology, const char *ending) {
    char path[220];
    lead_topology *back;
    snprintf(path, sizeof path, "%s%s", fuzz_file((const uint8_t *)"", 0, ".round"), ending);
    if (lead_topology_write(topology, path) == LEAD_OK) {
        if (lead_topology_read(path, NULL, &back) != LEAD_OK ||
            lead_topology_node_count(back) != lead_topology_node_count(topology) ||
            lead_topology_link_count(back) != lead_topology_link_count(topology)) {
            fprintf(stderr, "%s comes back otherwise: %s\n", path, lead_last_message());
            abort();
        }
        lead_topology_free(back);
    }
    unlink(path);
}

/* Any bytes as a topology: read or refused, and what was read can be written and read again, in
 * every format. */
static inline int fuzz_topology(const uint8_t *data, size_t size, const char *ending) {
    static const char *const endings[] = {".yaml",    ".csv", ".graph", ".xml",
                                          ".graphml", ".gml", ".json"};
    const char *path = fuzz_file(data, size, ending);
    const lead_topology_reading reading = {.capacity = 1e9};
    lead_topology *topology;
    if (lead_topology_read(path, &reading, &topology) == LEAD_OK) {
        for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
            fuzz_round(topology, endings[i]);
        unlink(fuzz_file(data, 0, ".round"));
        lead_topology_free(topology);
    }
    unlink(fuzz_file(data, 0, ending));
    return 0;
}

static inline void read_tms(const char *path, const lead_topology *topology) {
    lead_tm_reading reading = {.topology = topology, .from = INT64_MIN, .step = 60};
    const char *ending = strrchr(path, '.');
    reading.unit = ending && strcmp(ending, ".hist") == 0 ? 1 : 0; /* it states none */
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
