/* From a demand to a routing over paths: candidate paths, the linear program, the routing. */
#include "te/path_plan.h"
#include "te/path_program.h"
#include "te/scenarios.h"
#include "te/types.h"
#include <stdlib.h>
#include <string.h>

lead_status lead_path_planner_alloc(void *state, const lead_topology *topology,
                                    const lead_te_options *options) {
    lead_path_planner *self = state;
    size_t n = (size_t)lead_topology_node_count(topology),
           m = (size_t)lead_topology_link_count(topology);
    lead_status status = LEAD_OK;
    *self = (lead_path_planner){.topology = topology, .options = *options};
    if (options->survive != LEAD_TE_SURVIVE_NOTHING &&
        (options->moved_cost > 0 || options->moved_limit > 0 || options->split_cap > 0))
        return lead_fail(LEAD_INVALID, "survive excludes split_cap, moved_cost and moved_limit: it "
                                       "reserves more than it sends");
    self->options.paths = options->paths > 0 ? options->paths : LEAD_DEFAULT_PATHS;
    LEAD_TRY_FREE(lead_calloc(m, sizeof(double), &self->weights));
    LEAD_TRY_FREE(lead_calloc(n * n, sizeof(double), &self->wanted));
    LEAD_TRY_FREE(lead_calloc(m, 1, &self->up));
    LEAD_TRY_FREE(lead_link_weights(topology, options->weight_rule, self->weights));
    return LEAD_OK;
fail:
    lead_path_planner_free(self);
    return status;
}

void lead_path_planner_free(void *state) {
    lead_path_planner *self = state;
    lead_path_set_free(&self->set);
    free(self->weights);
    free(self->wanted);
    free(self->up);
}

/* Notes the pairs with traffic and the links that are up; whether the set is still good. */
static bool is_current(lead_path_planner *self, const double *tms, int samples) {
    int n = lead_topology_node_count(self->topology), m = lead_topology_link_count(self->topology);
    bool current = self->made;
    for (int s = 0; s < samples; s++)
        for (int od = 0; od < n * n; od++)
            if (od / n != od % n && tms[(size_t)s * (size_t)(n * n) + (size_t)od] > 0 &&
                self->wanted[od] == 0) {
                self->wanted[od] = 1;
                current = false;
            }
    for (int e = 0; e < m; e++) {
        unsigned char up = lead_topology_link(self->topology, e)->up;
        current = current && up == self->up[e];
        self->up[e] = up;
    }
    return current;
}

static lead_status find_paths(lead_path_planner *self, const double *tms, int samples) {
    if (is_current(self, tms, samples))
        return LEAD_OK;
    self->made = false;
    lead_path_set_free(&self->set);
    LEAD_TRY(lead_path_set_alloc(self->topology, self->weights, self->wanted, self->options.paths,
                                 self->options.path_choice, self->options.seed, &self->set));
    self->made = true;
    return LEAD_OK;
}

static bool same_path(const lead_path *path, const int *links, int length) {
    return path->length == length &&
           memcmp(path->links, links, (size_t)length * sizeof *links) == 0;
}

/* The shares that the set's paths have in the routing in force. */
static void read_in_force(const lead_path_set *set, const lead_routing *routing, double *share) {
    int n = lead_routing_node_count(routing);
    for (int od = 0; od < set->pair_count; od++) {
        const lead_path *paths;
        int count = lead_routing_paths(routing, od / n, od % n, &paths);
        for (int p = set->first[od]; p < set->first[od + 1]; p++)
            for (int i = 0; i < count; i++)
                if (same_path(&paths[i], set->links + set->start[p],
                              set->start[p + 1] - set->start[p]))
                    share[p] = paths[i].share;
    }
}

static lead_status set_pair(const lead_path_set *set, int n, int od, const double *share,
                            lead_path *paths, lead_routing *routing) {
    int first = set->first[od], count = set->first[od + 1] - first;
    for (int i = 0; i < count; i++)
        paths[i] = (lead_path){share[first + i], set->start[first + i + 1] - set->start[first + i],
                               set->links + set->start[first + i]};
    return count > 0 ? lead_routing_set_paths(routing, od / n, od % n, paths, count) : LEAD_OK;
}

static lead_status make_routing(const lead_path_planner *self, const double *share,
                                lead_routing **out) {
    int n = lead_topology_node_count(self->topology), most = 1;
    const lead_path_set *set = &self->set;
    lead_routing *routing = NULL;
    lead_path *paths = NULL;
    lead_status status = LEAD_OK;
    for (int od = 0; od < n * n; od++)
        most =
            set->first[od + 1] - set->first[od] > most ? set->first[od + 1] - set->first[od] : most;
    LEAD_TRY_FREE(lead_calloc((size_t)most, sizeof *paths, &paths));
    LEAD_TRY_FREE(lead_routing_from_weights(self->topology, self->weights, &routing));
    for (int od = 0; od < n * n; od++)
        LEAD_TRY_FREE(set_pair(set, n, od, share, paths, routing));
    *out = routing;
    routing = NULL;
fail:
    lead_routing_free(routing);
    free(paths);
    return status;
}

/* The TMs that a plan is made for, and how likely each is. */
typedef struct outlook {
    const double *tms; /* the demand's, or `copy` */
    double *copy, *probability;
    int samples;
} outlook;

static void outlook_free(outlook *self) {
    free(self->copy);
    free(self->probability);
}

/* The `keep` TMs that stand for all of them; all where there are no more. */
static lead_status reduce(int pairs, int keep, outlook *self) {
    int *chosen;
    size_t tm = (size_t)pairs;
    LEAD_TRY(lead_calloc((size_t)keep, sizeof *chosen, &chosen));
    lead_status status =
        lead_te_reduce(self->tms, self->samples, pairs, keep, chosen, self->probability);
    if (status == LEAD_OK)
        status = lead_calloc((size_t)keep * tm, sizeof(double), &self->copy);
    for (int k = 0; k < keep && status == LEAD_OK; k++)
        memcpy(self->copy + (size_t)k * tm, self->tms + (size_t)chosen[k] * tm,
               tm * sizeof(double));
    free(chosen);
    self->tms = self->copy;
    self->samples = keep;
    return status;
}

static lead_status outlook_alloc(int pairs, int keep, const double *tms, int samples,
                                 outlook *self) {
    *self = (outlook){.tms = tms, .samples = samples};
    LEAD_TRY(lead_calloc((size_t)samples, sizeof(double), &self->probability));
    if (keep > 0 && keep < samples)
        return reduce(pairs, keep, self);
    for (int s = 0; s < samples; s++)
        self->probability[s] = 1.0 / samples;
    return LEAD_OK;
}

/* Solves for `samples` TMs that are equally likely. */
static lead_status solve(lead_path_planner *self, const lead_te_demand *demand, const double *tms,
                         int samples, lead_te_plan *plan) {
    lead_path_answer answer = {0};
    double *in_force = NULL;
    outlook ahead = {0};
    size_t paths;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(find_paths(self, tms, samples));
    paths = (size_t)self->set.path_count;
    LEAD_TRY_FREE(lead_calloc(paths, sizeof(double), &answer.share));
    LEAD_TRY_FREE(lead_calloc(paths, sizeof(double), &in_force));
    LEAD_TRY_FREE(
        outlook_alloc(self->set.pair_count, self->options.scenarios, tms, samples, &ahead));
    if (demand->in_force)
        read_in_force(&self->set, demand->in_force, in_force);
    const lead_path_program program = {.topology = self->topology,
                                       .set = &self->set,
                                       .tms = ahead.tms,
                                       .samples = ahead.samples,
                                       .probability = ahead.probability,
                                       .cvar_weight = self->options.cvar_weight,
                                       .cvar_level = self->options.cvar_level,
                                       .split_cap = self->options.split_cap,
                                       .in_force = demand->in_force ? in_force : NULL,
                                       .moved_cost = self->options.moved_cost,
                                       .moved_limit = self->options.moved_limit,
                                       .survive = self->options.survive == LEAD_TE_SURVIVE_LINKS,
                                       .time_limit = self->options.time_limit};
    LEAD_TRY_FREE(lead_path_program_solve(&program, &answer));
    plan->evaluations = answer.iterations;
    LEAD_TRY_FREE(make_routing(self, answer.share, &plan->routing));
fail:
    free(answer.share);
    free(in_force);
    outlook_free(&ahead);
    return status;
}

lead_status lead_path_planner_plan(lead_path_planner *planner, const lead_te_demand *demand,
                                   bool for_samples, lead_te_plan *plan) {
    int n = lead_topology_node_count(planner->topology);
    double *mean;
    if (for_samples)
        return solve(planner, demand, demand->tms, demand->samples, plan);
    LEAD_TRY(lead_calloc((size_t)n * (size_t)n, sizeof *mean, &mean));
    lead_te_mean_tm(demand, n, mean);
    lead_status status = solve(planner, demand, mean, 1, plan);
    free(mean);
    return status;
}
