/* `lead te`: one algorithm on one traffic matrix. */
#include "cli/cli.h"
#include <jansson.h>
#include <lead/formats.h>
#include <lead/te.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct arguments {
    const char *topology, *tm, *algorithm, *format, *weights, *time_limit, *evaluations,
        *max_weight, *seed, *capacity, *index;
} arguments;

static lead_status parse(int argc, char **argv, arguments *in) {
    const lead_cli_option options[] = {
        {"topology", &in->topology, NULL, NULL},
        {"tm", &in->tm, NULL, NULL},
        {"algorithm", &in->algorithm, NULL, NULL},
        {"format", &in->format, NULL, NULL},
        {"weights", &in->weights, NULL, NULL},
        {"time-limit", &in->time_limit, NULL, NULL},
        {"evaluations", &in->evaluations, NULL, NULL},
        {"max-weight", &in->max_weight, NULL, NULL},
        {"seed", &in->seed, NULL, NULL},
        {"capacity", &in->capacity, NULL, NULL},
        {"index", &in->index, NULL, NULL},
    };
    char **rest;
    int count;
    LEAD_TRY(lead_cli_parse(argc, argv, options, sizeof options / sizeof *options, &rest, &count));
    if (count > 0)
        return lead_fail(LEAD_INVALID, "te: what is \"%s\"? (see `lead help`)", rest[0]);
    if (!in->topology || !in->tm || !in->algorithm)
        return lead_fail(LEAD_INVALID, "te needs --topology, --tm and --algorithm (%s)",
                         lead_te_names());
    if (in->format && strcmp(in->format, "json") != 0 && strcmp(in->format, "text") != 0)
        return lead_fail(LEAD_INVALID, "--format: \"%.40s\" is neither json nor text", in->format);
    return LEAD_OK;
}

static lead_status te_options(const arguments *in, lead_te_options *options) {
    static const char *const rules[] = {"file", "inverse-capacity", "unit"};
    double evaluations = 0, max_weight = 0, seed = 1;
    bool known = !in->weights;
    for (int i = 0; i < 3; i++)
        if (in->weights && strcmp(in->weights, rules[i]) == 0) {
            options->weight_rule = (lead_weight_rule)i;
            known = true;
        }
    if (!known)
        return lead_fail(LEAD_INVALID,
                         "--weights: \"%.40s\" is none of file, inverse-capacity, unit",
                         in->weights);
    LEAD_TRY(lead_cli_number("time-limit", in->time_limit, 1e-6, 1e6, &options->time_limit));
    LEAD_TRY(lead_cli_number("evaluations", in->evaluations, 1, 1e12, &evaluations));
    LEAD_TRY(lead_cli_number("max-weight", in->max_weight, 1, 65535, &max_weight));
    LEAD_TRY(lead_cli_number("seed", in->seed, 0, 9e15, &seed));
    options->evaluation_limit = (long)evaluations;
    options->max_weight = (int)max_weight;
    options->seed = (uint64_t)seed;
    return LEAD_OK;
}

static lead_status load(const arguments *in, lead_topology **topology, lead_tm_series **tms,
                        int *index) {
    double capacity = 0, number = 0;
    if (in->capacity)
        LEAD_TRY(lead_quantity_parse(in->capacity, LEAD_QUANTITY_RATE, &capacity));
    LEAD_TRY(lead_topology_read(in->topology, capacity, topology));
    lead_tm_reading reading = {.topology = *topology, .from = INT64_MIN};
    LEAD_TRY(lead_tm_series_read(in->tm, &reading, tms));
    int last = lead_tm_series_length(*tms) - 1;
    LEAD_TRY(lead_cli_number("index", in->index, 0, last, &number));
    if (last < 0)
        return lead_fail(LEAD_INVALID, "%s: there is no TM in it", in->tm);
    *index = (int)number;
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
    json_object_set_new(root, "seconds", json_real(seconds));
    json_object_set_new(root, "evaluations", json_integer(plan->evaluations));
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
    printf("%s on %d nodes, %d links: MLU %.6f%s, Phi %.6g bit/s, %.3g s, %ld evaluations\n",
           algorithm, lead_topology_node_count(topology), lead_topology_link_count(topology),
           plan->mlu, plan->optimal ? " (optimal)" : "", plan->phi, seconds, plan->evaluations);
}

lead_status lead_cli_te(int argc, char **argv) {
    arguments in = {0};
    lead_te_options options = {0};
    lead_topology *topology = NULL;
    lead_tm_series *tms = NULL;
    lead_te *te = NULL;
    lead_te_plan plan = {0};
    int index = 0;
    lead_status status = LEAD_OK;
    LEAD_TRY(parse(argc, argv, &in));
    LEAD_TRY(te_options(&in, &options));
    const lead_te_type *type = lead_te_find(in.algorithm);
    if (!type)
        return lead_fail(LEAD_INVALID, "--algorithm: \"%.40s\" is none of %s", in.algorithm,
                         lead_te_names());
    LEAD_TRY_FREE(load(&in, &topology, &tms, &index));
    LEAD_TRY_FREE(lead_te_alloc(type, topology, &options, &te));
    lead_te_demand demand = {.tms = lead_tm_series_tm(tms, index), .samples = 1};
    double started = lead_clock_seconds();
    LEAD_TRY_FREE(lead_te_plan_for(te, &demand, &plan));
    double seconds = lead_clock_seconds() - started;
    if (in.format && strcmp(in.format, "json") == 0)
        print_json(in.algorithm, topology, &plan, seconds);
    else
        print_text(in.algorithm, topology, &plan, seconds);
fail:
    lead_te_plan_clear(&plan);
    lead_te_free(te);
    lead_tm_series_free(tms);
    lead_topology_free(topology);
    return status;
}
