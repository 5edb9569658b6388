/* Any algorithm with any options, on any network, for any TMs: three plans one after the other,
 * links going down and up in between. */
#include "bytes.h"
#include "fuzz.h"
#include <lead/te.h>
#include <math.h>
#include <string.h>

static lead_te_options draw_options(fuzz_bytes *in) {
    static const double parts[] = {0, 0.3, 0.5, 0.999, 1e-3, 1, 2, -1, NAN, INFINITY};
    lead_te_options options = {.seed = 1, .evaluation_limit = 1 + fuzz_below(in, 60)};
    int *wholes[] = {(int *)&options.weight_rule,
                     (int *)&options.objective,
                     (int *)&options.method,
                     (int *)&options.path_choice,
                     (int *)&options.plan_for,
                     (int *)&options.survive,
                     &options.threads,
                     &options.max_weight,
                     &options.max_changes,
                     &options.paths,
                     &options.scenarios};
    double *reals[] = {&options.gap,        &options.split_cap,  &options.cvar_weight,
                       &options.cvar_level, &options.moved_cost, &options.moved_limit,
                       &options.time_limit};
    for (int i = fuzz_below(in, 5); i > 0; i--)
        *wholes[fuzz_below(in, 11)] = fuzz_below(in, 5) - (fuzz_byte(in) == 77);
    for (int i = fuzz_below(in, 4); i > 0; i--)
        *reals[fuzz_below(in, 7)] = parts[fuzz_below(in, 10)];
    if (options.time_limit > 0.05 && options.time_limit <= 2)
        options.time_limit = 0.05;
    return options;
}

static void check(const char *name, lead_status status, const lead_te_plan *plan) {
    if (status != LEAD_OK) {
        FUZZ_HOLDS(!plan->routing && !plan->weights && *lead_last_message(), "%s failed", name);
        return;
    }
    FUZZ_HOLDS(plan->routing, "%s", name);
    FUZZ_HOLDS(isfinite(plan->mlu) && plan->mlu >= 0, "%s: MLU %g", name, plan->mlu);
    FUZZ_HOLDS(plan->bound <= plan->mlu * (1 + 1e-6), "%s: bound %g, MLU %g", name, plan->bound,
               plan->mlu);
    FUZZ_HOLDS(!plan->optimal || plan->mlu <= plan->bound * (1 + 1e-5) || plan->mlu <= 0,
               "%s: optimal, bound %g, MLU %g", name, plan->bound, plan->mlu);
    FUZZ_HOLDS(plan->disconnected >= 0, "%s", name);
}

static void plan_in_turn(fuzz_bytes *in, const lead_te_type *type, lead_topology *topology,
                         lead_te *te) {
    lead_te_plan before = {0};
    int n = lead_topology_node_count(topology), m = lead_topology_link_count(topology);
    for (int round = 0; round < 3; round++) {
        int samples = 1 + fuzz_below(in, 3), size = samples * n * n;
        double *tms = calloc((size_t)size, sizeof *tms);
        if (!tms)
            abort();
        for (int i = 0; i < size; i++)
            tms[i] = fuzz_byte(in) & 3 ? 0 : fuzz_value(in);
        lead_te_demand demand = {.tms = tms,
                                 .samples = samples,
                                 .in_force = before.routing,
                                 .weights_in_force = before.weights};
        lead_te_plan plan;
        check(type->name, lead_te_plan_for(te, &demand, &plan), &plan);
        lead_te_plan_clear(&before);
        before = plan;
        free(tms);
        if (m > 0 && fuzz_byte(in) & 1)
            (void)lead_topology_set_up(topology, fuzz_below(in, m), fuzz_byte(in) & 1);
    }
    lead_te_plan_clear(&before);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const names[] = {"ecmp",   "mcf", "weights",   "paths",
                                        "robust", "sr",  "oblivious", "smore"};
    fuzz_bytes in = {data, size};
    const lead_te_type *type = lead_te_find(names[fuzz_below(&in, 8)]);
    lead_te_options options = draw_options(&in);
    lead_topology *topology = fuzz_network(&in, 6);
    lead_te *te;
    if (!topology)
        return 0;
    if (lead_te_alloc(type, topology, &options, &te) == LEAD_OK) {
        plan_in_turn(&in, type, topology, te);
        lead_te_free(te);
    }
    lead_topology_free(topology);
    return 0;
}
