/* Smooth plans: shares that follow the data without jumps.
 *
 * The vertex that a simplex ends at is one of many nearly optimal plans, and which one the last
 * digit of the data decides. In its place stands the minimum of
 *
 *   F(x) + convexity / 2 sum_p w(p) (x(p) - target(p))^2
 *
 * with F the program's objective (program.c), target(p) 1 for a pair's first path and 0 for
 * others, and w a pair's part of the mean TM (and a little): of the plans whose F is much the same,
 * the one nearest to shortest paths. Where the plan is to be spread, target(p) is in proportion to
 * the capacity of the path's narrowest link: a burst of one pair that no TM shows then meets little
 * of any link, as with the bounds on each pair's sensitivity of FIGRET (Liu et al. 2024). It is
 * unique, for the sum of squares is strictly convex (Tikhonov 1963; Mangasarian and Meyer 1979 for
 * linear programs), and shares move with the data at the rate of 1 / convexity as long as the
 * prices of links do not jump. So that they do not where links are equally loaded, each MLU is
 * rounded off: max_e load(e) = max over prices q >= 0 of sum 1 of sum_e q(e) load(e) becomes that
 * of sum_e q(e) load(e) - softness / 2 sum_e q(e)^2 (Nesterov 2005, equation 2.5), which is at most
 * softness / 2 below it.
 *
 * The squares pull a pair that is wholly off its target back to it by up to 2 convexity for each
 * part of the traffic. Where moving has a price, of 0.02 or more, that is half of it at most (but
 * for pairs with hardly any traffic): what the samples had moved is not moved back for nothing.
 *
 * The constants were chosen by measurement (docs/methods.md). F of the answer is looked at: where
 * it is more than the tolerance above the least one, both are divided by 4. */
#include "te/paths/program/smooth.h"
#include "te/common/cvar.h"
#include "te/paths/program/interior.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 30, ROWS_PER_ROUND = 8, TRIES = 5 };
static const double CONVEXITY = 0.1, LEAST_CONVEXITY = 0.01, OF_PRICE = 0.25; /* of moved_cost */
static const double SOFTNESS = 0.2;                                           /* of convexity */
/* Rows are there from the start for links of this part of a TM's MLU; what violates a row. */
static const double near = 0.9, violation = 1e-9;

typedef struct smoother {
    lead_path_solver *of;
    double *target, *share; /* [path_count] */
    double *z, *mlus;       /* [samples] */
    int *order;             /* [samples] scratch */
    long steps;
} smoother;

static void smoother_free(smoother *self) {
    free(self->target);
    free(self->share);
    free(self->z);
    free(self->mlus);
    free(self->order);
}

static lead_status smoother_alloc(smoother *self) {
    const size_t paths = (size_t)self->of->paths, samples = (size_t)self->of->in->samples;
    LEAD_TRY(lead_calloc(paths, sizeof(double), &self->target));
    LEAD_TRY(lead_calloc(paths, sizeof(double), &self->share));
    LEAD_TRY(lead_calloc(samples, sizeof(double), &self->z));
    LEAD_TRY(lead_calloc(samples, sizeof(double), &self->mlus));
    return lead_calloc(samples, sizeof(int), &self->order);
}

/* The program's objective of shares. */
static double objective(smoother *self, const double *share) {
    const lead_path_program *in = self->of->in;
    double sum = 0;
    for (int s = 0; s < in->samples; s++)
        self->mlus[s] = lead_path_load_links(self->of, s, share);
    for (int p = 0; p < self->of->paths; p++)
        sum += lead_path_cost(self->of, p, share[p]);
    return sum + lead_te_functional(self->mlus, in->probability, in->samples, in->cvar_weight,
                                    in->cvar_level, self->order);
}

/* Rows for links that are nearly the most loaded ones, which are likely to matter. */
static lead_status add_near(smoother *self, const double *share) {
    for (int s = 0; s < self->of->in->samples; s++) {
        const double least = near * lead_path_load_links(self->of, s, share);
        for (int e = 0; e < self->of->m; e++)
            if (!self->of->has[s * self->of->m + e] && self->of->loads[e] > least)
                LEAD_TRY(lead_path_add_link_row(self->of, s, e));
    }
    return LEAD_OK;
}

static lead_status add_violated(smoother *self, bool *any) {
    lead_path_solver *of = self->of;
    *any = false;
    for (int s = 0; s < of->in->samples; s++) {
        lead_path_load_links(of, s, self->share);
        for (int i = 0; i < ROWS_PER_ROUND; i++) {
            int most = -1;
            for (int e = 0; e < of->m; e++)
                if (!of->has[s * of->m + e] && of->loads[e] > self->z[s] * (1 + violation) &&
                    (most < 0 || of->loads[e] > of->loads[most]))
                    most = e;
            if (most < 0)
                break;
            *any = true;
            LEAD_TRY(lead_path_add_link_row(of, s, most));
        }
    }
    return LEAD_OK;
}

static double convexity_of(const lead_path_program *in) {
    if (!in->in_force || !(in->moved_cost > 0))
        return CONVEXITY;
    return fmin(CONVEXITY, fmax(LEAST_CONVEXITY, OF_PRICE * in->moved_cost));
}

static lead_status solve(smoother *self, double convexity) {
    lead_interior_answer answer = {.share = self->share, .z = self->z};
    const double deadline = self->of->in->time_limit > 0 ? self->of->deadline : 0;
    bool any = true;
    for (int round = 0; round < ROUNDS && any; round++) {
        LEAD_TRY(lead_interior_solve(self->of, self->target, convexity, convexity * SOFTNESS,
                                     deadline, &answer));
        self->steps = answer.steps;
        LEAD_TRY(add_violated(self, &any));
    }
    return any ? lead_fail(LEAD_NUMERIC, "rows of links were violated %d times", ROUNDS) : LEAD_OK;
}

/* The plan nearest to the targets, where there is no traffic that could go wrong. */
static lead_status take_targets(smoother *self) {
    memcpy(self->share, self->target, (size_t)self->of->paths * sizeof(double));
    return LEAD_OK;
}

static lead_status find(smoother *self, const double *best) {
    if (lead_sum(self->of->mean, (size_t)self->of->in->set->pair_count) <= 0)
        return take_targets(self);
    const double most = objective(self, best) * (1 + LEAD_SMOOTH_TOLERANCE);
    double convexity = convexity_of(self->of->in), found = INFINITY;
    LEAD_TRY(add_near(self, best));
    for (int i = 0; i < TRIES; i++, convexity /= 4) {
        LEAD_TRY(solve(self, convexity));
        found = objective(self, self->share);
        if (found <= most)
            return LEAD_OK;
    }
    return lead_fail(LEAD_NUMERIC, "its cost %g is above %g", found, most);
}

static double narrowest(const lead_path_program *in, int path) {
    double least = INFINITY;
    for (int i = in->set->start[path]; i < in->set->start[path + 1]; i++)
        least = fmin(least, lead_topology_link(in->topology, in->set->links[i])->capacity);
    return least;
}

/* Of the paths of one pair, which has some. */
static void fill_target(const lead_path_program *in, int od, double *target) {
    const int first = in->set->first[od], end = in->set->first[od + 1];
    double sum = 0;
    target[first] = 1;
    if (!in->spread)
        return;
    for (int p = first; p < end; p++)
        sum += target[p] = narrowest(in, p);
    for (int p = first; p < end; p++)
        target[p] /= sum;
}

lead_status lead_path_smooth(lead_path_solver *solver, lead_path_answer *answer) {
    const lead_path_set *set = solver->in->set;
    smoother self = {.of = solver};
    lead_status status = LEAD_OK;
    LEAD_TRY_FREE(smoother_alloc(&self));
    for (int od = 0; od < set->pair_count; od++)
        if (set->first[od + 1] > set->first[od])
            fill_target(solver->in, od, self.target);
    LEAD_TRY_FREE(find(&self, answer->share));
    memcpy(answer->share, self.share, (size_t)solver->paths * sizeof(double));
    answer->smooth = true;
fail:
    answer->iterations += self.steps;
    smoother_free(&self);
    return status == LEAD_MEMORY ? status : LEAD_OK;
}
