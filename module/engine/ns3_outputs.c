/* outputs: see ns3_outputs.h. */
#include "engine/ns3_outputs.h"

#ifdef LEAD_NS3

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* "FILE.part-PID", new. */
static lead_status part_of(const char *file, char **part) {
    const size_t room = strlen(file) + 32;
    LEAD_TRY(lead_calloc(room, 1, part));
    snprintf(*part, room, "%s.part-%ld", file, (long)getpid());
    return LEAD_OK;
}

static bool is_taken(const lead_ns3_outputs *self, const char *file) {
    for (int i = 0; i < self->count; i++)
        if (strcmp(self->files[i], file) == 0)
            return true;
    return false;
}

/* A link's file: "A-B.pcap" with '_' for what is no plain letter, and "A-B.2.pcap" for the second
 * of that name. */
static lead_status name_file(const lead_ns3_outputs *self, const lead_topology *topology, int link,
                             const char *folder, char **file) {
    char name[96];
    const size_t room = strlen(folder) + sizeof name + 32;
    lead_topology_link_name(topology, link, name);
    for (char *at = name; *at; at++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-", *at))
            *at = '_';
    LEAD_TRY(lead_calloc(room, 1, file));
    snprintf(*file, room, "%s/%s.pcap", folder, name);
    for (int number = 2; is_taken(self, *file); number++)
        snprintf(*file, room, "%s/%s.%d.pcap", folder, name, number);
    return LEAD_OK;
}

static lead_status capture(ns3c_network *network, const lead_engine_options *options, int link,
                           lead_ns3_outputs *self) {
    char *part;
    LEAD_TRY(name_file(self, options->topology, link, options->folder, &self->files[self->count]));
    LEAD_TRY(part_of(self->files[self->count++], &part));
    lead_status status = ns3c_capture(network, link, part);
    free(part);
    return status;
}

static lead_status begin_captures(ns3c_network *network, const lead_engine_options *options,
                                  lead_ns3_outputs *self) {
    const int m = lead_topology_link_count(options->topology);
    unsigned char *named = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_calloc((size_t)m, sizeof *self->files, &self->files));
    LEAD_TRY_FREE(lead_calloc((size_t)m, 1, &named));
    LEAD_TRY_FREE(lead_topology_parse_links(options->topology, options->pcap, named));
    for (int e = 0; e < m; e++)
        if (named[e])
            LEAD_TRY_FREE(capture(network, options, e, self));
fail:
    free(named);
    return status;
}

lead_status lead_ns3_outputs_begin(ns3c_network *network, const lead_engine_options *options,
                                   lead_ns3_outputs *out) {
    *out = (lead_ns3_outputs){0};
    if (!options->folder)
        return LEAD_OK;
    if (options->pcap)
        LEAD_TRY(begin_captures(network, options, out));
    if (!options->flow_monitor)
        return LEAD_OK;
    const size_t room = strlen(options->folder) + 32;
    LEAD_TRY(lead_calloc(room, 1, &out->flows));
    snprintf(out->flows, room, "%s/flowmon.xml", options->folder);
    return ns3c_watch_flows(network);
}

/* From its name while it was written to its own. */
static lead_status publish(const char *file) {
    char *part;
    LEAD_TRY(part_of(file, &part));
    lead_status status = rename(part, file) == 0 ? LEAD_OK
                                                 : lead_fail(LEAD_IO, "%s: cannot be written: %s",
                                                             file, strerror(errno));
    free(part);
    return status;
}

static lead_status write_flows(ns3c_network *network, const char *file) {
    char *part;
    LEAD_TRY(part_of(file, &part));
    lead_status status = ns3c_write_flows(network, part);
    free(part);
    return status == LEAD_OK ? publish(file) : status;
}

lead_status lead_ns3_outputs_finish(ns3c_network *network, const lead_ns3_outputs *self) {
    LEAD_TRY(ns3c_captures_finish(network));
    for (int i = 0; i < self->count; i++)
        LEAD_TRY(publish(self->files[i]));
    return self->flows ? write_flows(network, self->flows) : LEAD_OK;
}

static void remove_part(const char *file) {
    char *part;
    if (part_of(file, &part) != LEAD_OK)
        return;
    unlink(part);
    free(part);
}

void lead_ns3_outputs_free(lead_ns3_outputs *self) {
    for (int i = 0; i < self->count; i++) {
        remove_part(self->files[i]);
        free(self->files[i]);
    }
    if (self->flows)
        remove_part(self->flows);
    free(self->flows);
    free(self->files);
    *self = (lead_ns3_outputs){0};
}

#endif
