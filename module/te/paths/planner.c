/* From a demand to a routing over paths: candidate paths, the linear program, the routing. */
#include "te/paths/planner.h"
#include "te/common/demand.h"
#include "te/common/sample_reduction.h"
#include "te/paths/candidates.h"
#include "te/paths/program/generation.h"
#include <math.h>
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
    lead_failures_free(&self->failures);
    lead_path_basis_free(self->basis);
    free(self->weights);
    free(self->wanted);
    free(self->up);
    *self = (lead_path_planner){0}; /* a failed alloc is freed by its owner, too */
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

/* Once: pairs go where nobody sent them. */
static void say_without(lead_path_planner *self, int without) {
    if (without == 0 || self->has_told)
        return;
    self->has_told = true;
    lead_log(LEAD_LOG_WARNING,
             "%d OD pairs with traffic have no path in %s over links that are up: they take their "
             "shortest path",
             without, self->options.tunnels_file ? self->options.tunnels_file : "the tunnels");
}

static lead_status take_given(lead_path_planner *self) {
    int without;
    LEAD_TRY(lead_path_set_given(self->topology, self->weights, self->wanted, self->given,
                                 self->options.paths, &self->set, &without));
    say_without(self, without);
    return LEAD_OK;
}

static lead_status choose_paths(lead_path_planner *self, double deadline) {
    const lead_te_options *options = &self->options;
    if (self->given)
        return take_given(self);
    if (options->path_choice == LEAD_TE_PATHS_OBLIVIOUS)
        return self->oblivious(self->topology, self->wanted, options->paths, options->seed,
                               deadline, &self->set);
    return lead_path_set_alloc(self->topology, self->weights, self->wanted, options->paths,
                               options->path_choice, deadline, &self->set);
}

/* `deadline`: 0 none. */
static lead_status find_paths(lead_path_planner *self, const double *tms, int samples,
                              double deadline) {
    if (is_current(self, tms, samples))
        return LEAD_OK;
    self->made = false;
    lead_path_set_free(&self->set);
    lead_failures_free(&self->failures);
    lead_path_basis_free(self->basis);
    self->basis = NULL;
    LEAD_TRY(lead_failures_alloc(self->topology, self->options.survive, &self->failures));
    LEAD_TRY(choose_paths(self, deadline));
    if (self->generates)
        LEAD_TRY(lead_path_set_protect(self->topology, self->weights, &self->failures, &self->set));
    /* paths that were found in a hurry are few: the next plan looks for more */
    self->made = !(deadline > 0 && lead_clock_seconds() >= deadline);
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
static lead_status reduce(int n, int keep, outlook *self) {
    int *chosen;
    size_t tm = (size_t)n * (size_t)n;
    LEAD_TRY(lead_calloc((size_t)keep, sizeof *chosen, &chosen));
    lead_status status =
        lead_te_reduce(self->tms, self->samples, n, keep, chosen, self->probability);
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

static lead_status outlook_alloc(int n, int keep, const double *tms, int samples, outlook *self) {
    *self = (outlook){.tms = tms, .samples = samples};
    LEAD_TRY(lead_calloc((size_t)samples, sizeof(double), &self->probability));
    if (keep > 0 && keep < samples)
        return reduce(n, keep, self);
    for (int s = 0; s < samples; s++)
        self->probability[s] = 1.0 / samples;
    return LEAD_OK;
}

/* What a plan is made from, and the answer. */
typedef struct task {
    const lead_te_demand *demand;
    outlook ahead;
    double deadline; /* 0: none */
    lead_path_answer answer;
    lead_path_prices prices;
    long iterations;
} task;

static void task_free(task *work) {
    outlook_free(&work->ahead);
    free(work->answer.share);
    lead_path_prices_free(&work->prices);
}

/* The best shares of the set's paths. */
static lead_status solve(lead_path_planner *self, task *work) {
    const size_t paths = (size_t)self->set.path_count;
    double *in_force = NULL, *share = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_calloc(paths, sizeof(double), &share));
    LEAD_TRY_FREE(lead_calloc(paths, sizeof(double), &in_force));
    if (work->demand->in_force)
        read_in_force(&self->set, work->demand->in_force, in_force);
    free(work->answer.share);
    work->answer = (lead_path_answer){.share = share};
    if (self->generates) {
        work->answer.prices = &work->prices;
        work->answer.basis = &self->basis;
    }
    share = NULL;
    const lead_path_program program = {
        .topology = self->topology,
        .set = &self->set,
        .tms = work->ahead.tms,
        .samples = work->ahead.samples,
        .probability = work->ahead.probability,
        .cvar_weight = self->options.cvar_weight,
        .cvar_level = self->options.cvar_level,
        .split_cap = self->options.split_cap,
        .in_force = work->demand->in_force ? in_force : NULL,
        .moved_cost = self->options.moved_cost,
        .moved_limit = self->options.moved_limit,
        .failures = &self->failures,
        .smooth = lead_path_planner_is_smooth(self),
        .spread = self->options.tie_break == LEAD_TE_TIE_BREAK_SPREAD,
        .time_limit = work->deadline > 0 ? fmax(1e-3, work->deadline - lead_clock_seconds()) : 0};
    LEAD_TRY_FREE(lead_path_program_solve(&program, &work->answer));
    work->iterations += work->answer.iterations;
fail:
    free(share);
    free(in_force);
    return status;
}

/* Takes in the paths that would better the plan; *again: there are any, and the time for them. */
static lead_status extend(lead_path_planner *self, task *work, bool *again) {
    static const double least_gain = 1e-9, exact = 1e-6;
    lead_path_set more = {0};
    double gain;
    *again = false;
    if (!self->generates || !work->answer.optimal ||
        (work->deadline > 0 && lead_clock_seconds() > work->deadline))
        return LEAD_OK;
    lead_status status = lead_path_set_extend(self->topology, work->ahead.tms, &self->failures,
                                              &work->prices, least_gain, &self->set, &more, &gain);
    *again = status == LEAD_OK && more.path_count > self->set.path_count &&
             gain > fmax(self->options.gap, exact);
    if (*again) {
        lead_path_set old = self->set;
        self->set = more;
        more = old;
    }
    lead_path_set_free(&more);
    lead_path_prices_free(&work->prices);
    return status;
}

bool lead_path_planner_is_smooth(const lead_path_planner *self) {
    return self->options.tie_break != LEAD_TE_TIE_BREAK_VERTEX && !self->generates &&
           self->options.survive == LEAD_TE_SURVIVE_NOTHING && self->options.moved_limit <= 0;
}

/* Once: a smooth plan was not found. */
static void say_unsmooth(lead_path_planner *self, const task *work) {
    if (self->has_warned || work->answer.smooth || !lead_path_planner_is_smooth(self))
        return;
    self->has_warned = true;
    lead_log(
        LEAD_LOG_WARNING,
        "this plan is a vertex of the simplex, not the smooth one (%s): its splits may be quite "
        "others after a small change of the forecast, or on another machine; said once",
        work->answer.optimal ? lead_last_message() : "the time was up before");
}

/* Makes the answer the plan, unless one that is proven best over fewer paths would be lost for one
 * that time cut short. */
static lead_status take_answer(lead_path_planner *self, const task *work, lead_te_plan *plan) {
    lead_routing *routing;
    if (plan->routing && !work->answer.optimal)
        return LEAD_OK;
    plan->smooth = work->answer.smooth;
    say_unsmooth(self, work);
    LEAD_TRY(make_routing(self, work->answer.share, &routing));
    lead_routing_free(plan->routing);
    plan->routing = routing;
    plan->failure_mlu =
        self->failures.count > 0 && work->answer.optimal ? work->answer.reserved : 0;
    return LEAD_OK;
}

/* Solves for `samples` TMs that are equally likely. */
static lead_status plan_for(lead_path_planner *self, const lead_te_demand *demand,
                            const double *tms, int samples, lead_te_plan *plan) {
    task work = {.demand = demand};
    bool again = true;
    lead_status status = LEAD_OK;
    double limit = self->options.time_limit, now = limit > 0 ? lead_clock_seconds() : 0;
    if (limit > 0)
        work.deadline = now + limit;
    /* half of the time is for the shares */
    LEAD_TRY_FREE(find_paths(self, tms, samples, limit > 0 ? now + limit / 2 : 0));
    LEAD_TRY_FREE(outlook_alloc(lead_topology_node_count(self->topology), self->options.scenarios,
                                tms, samples, &work.ahead));
    while (again) {
        LEAD_TRY_FREE(solve(self, &work));
        LEAD_TRY_FREE(take_answer(self, &work, plan));
        LEAD_TRY_FREE(extend(self, &work, &again));
    }
    plan->evaluations = work.iterations;
fail:
    task_free(&work);
    return status;
}

lead_status lead_path_planner_plan(lead_path_planner *planner, const lead_te_demand *demand,
                                   bool for_samples, lead_te_plan *plan) {
    int n = lead_topology_node_count(planner->topology);
    double *mean;
    if (for_samples)
        return plan_for(planner, demand, demand->tms, demand->samples, plan);
    LEAD_TRY(lead_calloc((size_t)n * (size_t)n, sizeof *mean, &mean));
    lead_te_mean_tm(demand, n, mean);
    lead_status status = plan_for(planner, demand, mean, 1, plan);
    free(mean);
    return status;
}

lead_status lead_path_planner_paths(lead_path_planner *planner, lead_routing **out) {
    const int n = lead_topology_node_count(planner->topology);
    double *ones = NULL, *share = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(lead_calloc((size_t)n * (size_t)n, sizeof *ones, &ones));
    for (int od = 0; od < n * n; od++)
        ones[od] = 1;
    LEAD_TRY_FREE(find_paths(planner, ones, 1, 0));
    LEAD_TRY_FREE(lead_calloc((size_t)planner->set.path_count, sizeof *share, &share));
    for (int p = 0; p < planner->set.path_count; p++)
        share[p] = 1;
    LEAD_TRY_FREE(make_routing(planner, share, out));
fail:
    free(ones);
    free(share);
    return status;
}
