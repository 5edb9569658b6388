/* `lead convert`: topologies and TMs from one format to another. */
#include "cli/convert/folder.h"
#include <string.h>

static bool is_csv(const char *path) {
    size_t length = strlen(path);
    return length > 4 && strcmp(path + length - 4, ".csv") == 0;
}

/* Whether IN holds TMs; where IN's ending may be either (.csv, .xml), OUT's decides, or IN's first
 * line. */
static lead_status holds_tms(const char *in, const char *out, bool *tms) {
    bool topology = lead_path_is_topology(in), tm = lead_path_is_tm(in);
    if (!topology && !tm)
        return lead_fail(LEAD_INVALID, "%s: no format has this ending", in);
    if (is_csv(in))
        return lead_csv_holds_tms(in, tms);
    *tms = tm && (!topology || !lead_path_is_topology(out) || is_csv(out));
    if (topology && tm && is_csv(out))
        return lead_fail(LEAD_INVALID,
                         "%s: a network or its demands? Name OUT .csv.gz for the demands, .yaml or "
                         ".graph for the network",
                         in);
    return LEAD_OK;
}

typedef struct arguments {
    const char *topology, *capacity, *unit, *directions, *topology_unit, *step;
    lead_cli_dote dote; /* for a folder of DOTE and FIGRET */
} arguments;

static lead_status convert_tms(const char *in, const char *out, const arguments *options) {
    lead_topology *topology = NULL;
    lead_tm_series *series = NULL;
    lead_tm_reading reading = {.from = INT64_MIN};
    lead_topology_reading network;
    lead_status status = LEAD_OK;
    if (!options->topology && (options->capacity || options->topology_unit || options->directions))
        return lead_fail(
            LEAD_INVALID,
            "%s holds traffic matrices: --capacity, --topology-unit and --directions are "
            "for a network (--topology FILE)",
            in);
    LEAD_TRY(lead_cli_unit("unit", options->unit, &reading.unit));
    LEAD_TRY(lead_cli_step(options->step, &reading.step));
    LEAD_TRY(lead_cli_topology(options->capacity, options->topology_unit, options->directions,
                               &network));
    if (options->topology)
        LEAD_TRY(lead_topology_read(options->topology, &network, &topology));
    reading.topology = topology;
    LEAD_TRY_FREE(lead_tm_series_read(in, &reading, &series));
    if (options->dote.train) {
        LEAD_TRY_FREE(lead_cli_write_dote(&options->dote, topology, series, out));
        goto fail;
    }
    LEAD_TRY_FREE(lead_tm_series_write(series, out));
    printf("%s: %d TMs of %d nodes\n", out, lead_tm_series_length(series),
           lead_tm_series_node_count(series));
fail:
    lead_tm_series_free(series);
    lead_topology_free(topology);
    return status;
}

static lead_status convert_topology(const char *in, const char *out, const arguments *options) {
    lead_topology *topology = NULL;
    lead_topology_reading reading;
    const char *unit = options->topology_unit ? options->topology_unit : options->unit;
    if (options->topology || options->step) /* with --train there is a --topology */
        return lead_fail(LEAD_INVALID, "%s is a network: --%s is for traffic matrices", in,
                         options->topology ? "topology" : "step");
    LEAD_TRY(lead_cli_topology(options->capacity, unit, options->directions, &reading));
    LEAD_TRY(lead_topology_read(in, &reading, &topology));
    lead_status status = lead_topology_write(topology, out);
    if (status == LEAD_OK)
        printf("%s: %d nodes, %d directed links\n", out, lead_topology_node_count(topology),
               lead_topology_link_count(topology));
    lead_topology_free(topology);
    return status;
}

lead_status lead_cli_convert(int argc, char **argv) {
    arguments in = {0};
    const lead_cli_option options[] = {{"topology", &in.topology, NULL, NULL},
                                       {"capacity", &in.capacity, NULL, NULL},
                                       {"unit", &in.unit, NULL, NULL},
                                       {"topology-unit", &in.topology_unit, NULL, NULL},
                                       {"directions", &in.directions, NULL, NULL},
                                       {"step", &in.step, NULL, NULL},
                                       {"train", &in.dote.train, NULL, NULL},
                                       {"paths", &in.dote.paths, NULL, NULL},
                                       {"path-choice", &in.dote.path_choice, NULL, NULL},
                                       {"tunnels", &in.dote.tunnels, NULL, NULL}};
    char **rest;
    int count;
    bool tms;
    LEAD_TRY(lead_cli_parse(argc, argv, options, 10, &rest, &count));
    if (count != 2)
        return lead_fail(LEAD_INVALID, "convert takes two files, IN and OUT");
    LEAD_TRY(lead_cli_check_dote(&in.dote, in.topology));
    LEAD_TRY(in.dote.train ? holds_tms(rest[0], "/", &tms) : holds_tms(rest[0], rest[1], &tms));
    return tms ? convert_tms(rest[0], rest[1], &in) : convert_topology(rest[0], rest[1], &in);
}
