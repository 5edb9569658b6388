/* `lead convert`: topologies and TMs from one format to another. */
#include "cli/cli.h"
#include <lead/formats.h>
#include <string.h>

static bool is_csv(const char *path) {
    size_t length = strlen(path);
    return length > 4 && strcmp(path + length - 4, ".csv") == 0;
}

/* A .csv is links or TMs: its first word tells. */
static lead_status csv_holds_tms(const char *path, bool *tms) {
    char first[6] = "";
    LEAD_TRY(lead_file_check(path));
    FILE *file = fopen(path, "rb");
    if (!file)
        return lead_fail(LEAD_IO, "%s: cannot be opened", path);
    size_t got = fread(first, 1, 5, file);
    fclose(file);
    *tms = got == 5 && strcmp(first, "time,") == 0;
    return LEAD_OK;
}

/* Whether IN holds TMs; where IN's ending may be either (.csv, .xml), OUT's decides, or IN's first
 * line. */
static lead_status holds_tms(const char *in, const char *out, bool *tms) {
    bool topology = lead_path_is_topology(in), tm = lead_path_is_tm(in);
    if (!topology && !tm)
        return lead_fail(LEAD_INVALID, "%s: no format has this ending", in);
    if (is_csv(in))
        return csv_holds_tms(in, tms);
    *tms = tm && (!topology || !lead_path_is_topology(out) || is_csv(out));
    if (topology && tm && is_csv(out))
        return lead_fail(LEAD_INVALID,
                         "%s: a network or its demands? Name OUT .csv.gz for the demands, .yaml or "
                         ".graph for the network",
                         in);
    return LEAD_OK;
}

static lead_status convert_tms(const char *in, const char *out, const char *topology_path,
                               double capacity, double unit) {
    lead_topology *topology = NULL;
    lead_tm_series *series = NULL;
    lead_status status = LEAD_OK;
    if (topology_path)
        LEAD_TRY(lead_topology_read(topology_path, capacity, &topology));
    lead_tm_reading reading = {.topology = topology, .unit = unit, .from = INT64_MIN};
    LEAD_TRY_FREE(lead_tm_series_read(in, &reading, &series));
    LEAD_TRY_FREE(lead_tm_series_write(series, out));
    printf("%s: %d TMs of %d nodes\n", out, lead_tm_series_length(series),
           lead_tm_series_node_count(series));
fail:
    lead_tm_series_free(series);
    lead_topology_free(topology);
    return status;
}

static lead_status convert_topology(const char *in, const char *out, double capacity) {
    lead_topology *topology = NULL;
    LEAD_TRY(lead_topology_read(in, capacity, &topology));
    lead_status status = lead_topology_write(topology, out);
    if (status == LEAD_OK)
        printf("%s: %d nodes, %d directed links\n", out, lead_topology_node_count(topology),
               lead_topology_link_count(topology));
    lead_topology_free(topology);
    return status;
}

lead_status lead_cli_convert(int argc, char **argv) {
    const char *topology = NULL, *capacity_text = NULL, *unit_text = NULL;
    const lead_cli_option options[] = {{"topology", &topology, NULL, NULL},
                                       {"capacity", &capacity_text, NULL, NULL},
                                       {"unit", &unit_text, NULL, NULL}};
    char **rest;
    int count;
    double capacity = 0, unit = 0;
    bool tms;
    LEAD_TRY(lead_cli_parse(argc, argv, options, 3, &rest, &count));
    if (count != 2)
        return lead_fail(LEAD_INVALID, "convert takes two files, IN and OUT");
    if (capacity_text)
        LEAD_TRY(lead_quantity_parse(capacity_text, LEAD_QUANTITY_RATE, &capacity));
    if (unit_text)
        LEAD_TRY(lead_quantity_parse(unit_text, LEAD_QUANTITY_RATE, &unit));
    LEAD_TRY(holds_tms(rest[0], rest[1], &tms));
    return tms ? convert_tms(rest[0], rest[1], topology, capacity, unit)
               : convert_topology(rest[0], rest[1], capacity);
}
