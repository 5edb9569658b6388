/* `lead te`: one algorithm on one traffic matrix. */
#include "cli/cli.h"
#include <jansson.h>
#include <lead/formats.h>
#include <lead/scenario.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TE_OPTIONS_MAX = 64, NAME_MAX_BYTES = 32 };

typedef struct arguments {
    const char *topology, *tm, *algorithm, *format, *seed, *capacity, *index, *samples, *out, *unit,
        *topology_unit, *directions;
    const char *te[TE_OPTIONS_MAX]; /* by lead_te_option_name, with dashes */
    char names[TE_OPTIONS_MAX][NAME_MAX_BYTES];
} arguments;

/* "time_limit" is --time-limit here. */
static void name_te_options(arguments *in, lead_cli_option *options) {
    for (int i = 0; i < lead_te_option_count(); i++) {
        snprintf(in->names[i], NAME_MAX_BYTES, "%s", lead_te_option_name(i));
        for (char *c = in->names[i]; *c; c++)
            *c = *c == '_' ? '-' : *c;
        options[i] = (lead_cli_option){in->names[i], &in->te[i], NULL, NULL};
    }
}

static lead_status parse(int argc, char **argv, arguments *in) {
    enum { OWN = 12 };
    lead_cli_option options[OWN + TE_OPTIONS_MAX] = {
        {"topology", &in->topology, NULL, NULL},
        {"tm", &in->tm, NULL, NULL},
        {"algorithm", &in->algorithm, NULL, NULL},
        {"format", &in->format, NULL, NULL},
        {"seed", &in->seed, NULL, NULL},
        {"capacity", &in->capacity, NULL, NULL},
        {"index", &in->index, NULL, NULL},
        {"samples", &in->samples, NULL, NULL},
        {"out", &in->out, NULL, NULL},
        {"unit", &in->unit, NULL, NULL},
        {"topology-unit", &in->topology_unit, NULL, NULL},
        {"directions", &in->directions, NULL, NULL},
    };
    char **rest;
    int count;
    name_te_options(in, options + OWN);
    LEAD_TRY(lead_cli_parse(argc, argv, options, OWN + lead_te_option_count(), &rest, &count));
    if (count > 0)
        return lead_fail(LEAD_INVALID, "te: what is \"%s\"? (see `lead help te`)", rest[0]);
    if (!in->topology || !in->tm || !in->algorithm)
        return lead_fail(LEAD_INVALID, "te needs --topology, --tm and --algorithm (%s)",
                         lead_te_names());
    return LEAD_OK;
}

static lead_status te_options(const arguments *in, const lead_te_type *type,
                              lead_te_options *options) {
    double seed = 1;
    lead_cli_number(in->seed, &seed);
    options->seed = (uint64_t)seed;
    for (int i = 0; i < lead_te_option_count(); i++) {
        lead_status status = in->te[i] ? lead_te_option_set(type, options, i, in->te[i]) : LEAD_OK;
        if (status != LEAD_OK)
            return lead_fail_within(status, "--%s", in->names[i]);
    }
    for (int i = 0; i < lead_te_option_count(); i++) {
        const char *why = lead_te_option_idle(type, options, i);
        if (why)
            lead_log(LEAD_LOG_WARNING, "--%s changes nothing: %s", in->names[i], why);
    }
    return LEAD_OK;
}

static lead_status load(const arguments *in, lead_topology **topology, lead_tm_series **tms,
                        int *index) {
    double number = 0;
    lead_topology_reading network;
    lead_tm_reading reading = {.step = 1, .from = INT64_MIN}; /* times play no part */
    /* A unit that is stated for a file's demands is that of its capacities, too. */
    const char *unit = in->topology_unit                   ? in->topology_unit
                       : strcmp(in->topology, in->tm) == 0 ? in->unit
                                                           : NULL;
    LEAD_TRY(lead_cli_topology(in->capacity, unit, in->directions, &network));
    LEAD_TRY(lead_cli_unit("unit", in->unit, &reading.unit));
    LEAD_TRY(lead_topology_read(in->topology, &network, topology));
    reading.topology = *topology;
    LEAD_TRY(lead_tm_series_read(in->tm, &reading, tms));
    int last = lead_tm_series_length(*tms) - 1;
    LEAD_TRY(lead_cli_whole("index", in->index, 0, last, &number));
    if (last < 0)
        return lead_fail(LEAD_INVALID, "%s: there is no TM in it", in->tm);
    *index = (int)number;
    return LEAD_OK;
}

/* The TMs to plan for, one after the other: `count` of them from `index` on. */
static lead_status collect(const arguments *in, const lead_tm_series *tms, int index, double **out,
                           int *count) {
    double number = 1;
    size_t n = (size_t)lead_tm_series_node_count(tms);
    LEAD_TRY(
        lead_cli_whole("samples", in->samples, 1, lead_tm_series_length(tms) - index, &number));
    *count = (int)number;
    LEAD_TRY(lead_calloc((size_t)*count * n * n, sizeof(double), out));
    for (int k = 0; k < *count; k++)
        memcpy(*out + (size_t)k * n * n, lead_tm_series_tm(tms, index + k), n * n * sizeof(double));
    return LEAD_OK;
}

static void print_json(const char *algorithm, const lead_topology *topology,
                       const lead_te_plan *plan, double seconds) {
    json_t *root = json_object();
    json_object_set_new(root, "algorithm", json_string(algorithm));
    json_object_set_new(root, "mlu", json_real(plan->mlu));
    json_object_set_new(root, "phi", json_real(plan->phi));
    if (plan->optimal)
        json_object_set_new(root, "optimum", json_real(plan->mlu));
    if (plan->bound > 0)
        json_object_set_new(root, "bound", json_real(plan->bound));
    if (plan->failure_mlu > 0)
        json_object_set_new(root, "failure_mlu", json_real(plan->failure_mlu));
    json_object_set_new(root, "disconnected_bps", json_real(plan->disconnected));
    json_object_set_new(root, "suspects", json_integer(plan->suspects));
    json_object_set_new(root, "seconds", json_real(seconds));
    json_object_set_new(root, "evaluations", json_integer(plan->evaluations));
    if (lead_cli_peak_memory() > 0)
        json_object_set_new(root, "peak_memory_bytes", json_real(lead_cli_peak_memory()));
    json_t *weights = plan->weights ? json_array() : json_null();
    for (int e = 0; plan->weights && e < lead_topology_link_count(topology); e++)
        json_array_append_new(weights, json_real(plan->weights[e]));
    json_object_set_new(root, "weights", weights);
    char *text = json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(12));
    printf("%s\n", text ? text : "null");
    free(text);
    json_decref(root);
}

static void print_text(const char *algorithm, const lead_topology *topology,
                       const lead_te_plan *plan, double seconds) {
    printf("%s on %d nodes, %d links: MLU %.6f%s", algorithm, lead_topology_node_count(topology),
           lead_topology_link_count(topology), plan->mlu, plan->optimal ? " (optimal)" : "");
    if (plan->failure_mlu > 0)
        printf(" (after a failure at most %.6f)", plan->failure_mlu);
    if (plan->bound > 0 && !plan->optimal)
        printf(" (at least %.6f)", plan->bound);
    printf(", Phi %.6g bit/s, %.3g s, %ld evaluations\n", plan->phi, seconds, plan->evaluations);
    if (plan->disconnected > 0)
        printf("disconnected demand: %.6g bit/s between nodes that no path joins is left out\n",
               plan->disconnected);
}

lead_status lead_cli_te(int argc, char **argv) {
    arguments in = {0};
    lead_te_options options = {0};
    lead_topology *topology = NULL;
    lead_tm_series *tms = NULL;
    lead_te *te = NULL;
    lead_te_plan plan = {0};
    lead_routing *tunnels = NULL;
    double *samples = NULL;
    int index = 0, count = 0;
    lead_status status = LEAD_OK;
    LEAD_TRY(parse(argc, argv, &in));
    const lead_te_type *type = lead_te_find(in.algorithm);
    if (!type)
        return lead_fail_within(lead_fail_unknown(in.algorithm, lead_te_names()), "--algorithm");
    LEAD_TRY(te_options(&in, type, &options));
    LEAD_TRY_FREE(load(&in, &topology, &tms, &index));
    if (options.tunnels_file)
        LEAD_TRY_FREE(lead_tunnels_read(options.tunnels_file, topology, &tunnels));
    options.tunnels = tunnels;
    LEAD_TRY_FREE(lead_te_alloc(type, topology, &options, &te));
    LEAD_TRY_FREE(collect(&in, tms, index, &samples, &count));
    lead_te_demand demand = {.tms = samples, .samples = count};
    double started = lead_clock_seconds();
    LEAD_TRY_FREE(lead_te_plan_for(te, &demand, &plan));
    double seconds = lead_clock_seconds() - started;
    if (in.out)
        LEAD_TRY_FREE(lead_routing_write(plan.routing, topology, in.out));
    if (in.format && strcmp(in.format, "json") == 0)
        print_json(in.algorithm, topology, &plan, seconds);
    else
        print_text(in.algorithm, topology, &plan, seconds);
fail:
    lead_te_plan_clear(&plan);
    lead_te_free(te);
    lead_routing_free(tunnels);
    free(samples);
    lead_tm_series_free(tms);
    lead_topology_free(topology);
    return status;
}
