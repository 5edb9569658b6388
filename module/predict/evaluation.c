/* All scores of forecasts over many windows: marginal ones from each OD pair's samples, joint ones
 * from the TM's total, the link loads and the TM as one vector. */
#include "base/expects.h"
#include "predict/scores.h"
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double levels[LEAD_COVERAGE_LEVELS] = {0.5, 0.8, 0.9, 0.95};
enum { LEVEL_90 = 2 };

struct lead_evaluation {
    int node_count;
    const lead_routing *routing;
    double *od_maximum, *variance, *squared_error; /* [n*n]; the last two summed over windows */
    lead_scores scores;
    double od_squares; /* of the point forecast's errors, each over its pair's maximum */
    long od_count;
    long covered[LEAD_COVERAGE_LEVELS];
    double width_90;
    double sum_crps, link_crps, link_truth, energy, norm_truth;
    bool alone; /* some window had one sample only: no intervals, no variance */
};

lead_status lead_evaluation_alloc(int node_count, const double *od_maximum,
                                  const lead_routing *routing, lead_evaluation **out) {
    LEAD_EXPECTS(out);
    lead_evaluation *self = NULL;
    size_t pairs = (size_t)node_count * (size_t)node_count;
    lead_status status = LEAD_OK;
    if (node_count < 1 || (routing && lead_routing_node_count(routing) != node_count))
        return lead_fail(LEAD_INVALID, "scores of %d nodes with a routing of %d", node_count,
                         routing ? lead_routing_node_count(routing) : 0);
    LEAD_TRY(lead_calloc(1, sizeof *self, &self));
    self->node_count = node_count;
    self->routing = routing;
    LEAD_TRY_FREE(lead_calloc(pairs, sizeof(double), &self->od_maximum));
    LEAD_TRY_FREE(lead_calloc(pairs, sizeof(double), &self->variance));
    LEAD_TRY_FREE(lead_calloc(pairs, sizeof(double), &self->squared_error));
    memcpy(self->od_maximum, od_maximum, pairs * sizeof(double));
    *out = self;
    return LEAD_OK;
fail:
    lead_evaluation_free(self);
    return status;
}

void lead_evaluation_free(lead_evaluation *self) {
    if (!self)
        return;
    free(self->od_maximum);
    free(self->variance);
    free(self->squared_error);
    free(self);
}

/* --- marginal --------------------------------------------------------------------------------- */

static void add_intervals(lead_evaluation *self, const double *sorted, int count, double truth,
                          lead_spacing spacing) {
    for (int i = 0; i < LEAD_COVERAGE_LEVELS; i++) {
        double low = lead_interval_bound(sorted, count, (1 - levels[i]) / 2, spacing),
               high = lead_interval_bound(sorted, count, (1 + levels[i]) / 2, spacing);
        self->covered[i] += low <= truth && truth <= high;
        if (i == LEVEL_90)
            self->width_90 += high - low;
    }
}

static double variance_of(const double *x, int count, double mean) {
    double squares = 0;
    for (int i = 0; i < count; i++)
        squares += (x[i] - mean) * (x[i] - mean);
    return squares / (count - 1);
}

/* One OD pair; sorts its samples x[count]. */
static void add_pair(lead_evaluation *self, size_t od, double *x, int count, const double *point,
                     double truth, bool even) {
    double mean = lead_sum(x, (size_t)count) / count, error = mean - truth;
    self->squared_error[od] += error * error;
    if (self->od_maximum[od] > 0) {
        double relative = ((point ? *point : mean) - truth) / self->od_maximum[od];
        self->od_squares += relative * relative;
        self->od_count++;
    }
    if (count > 1)
        self->variance[od] += variance_of(x, count, mean) * (1 + 1.0 / count);
    lead_scores_add_pair(&self->scores, x, count, point, truth, even);
    add_intervals(self, x, count, truth, even ? LEAD_EVEN : LEAD_RANDOM);
}

static void add_marginal(lead_evaluation *self, const double *samples, int count,
                         const double *point, const double *truth, bool even, double *x) {
    size_t n = (size_t)self->node_count, pairs = n * n;
    for (size_t od = 0; od < pairs; od++) {
        if (od / n == od % n)
            continue;
        for (size_t k = 0; k < (size_t)count; k++)
            x[k] = samples[k * pairs + od];
        add_pair(self, od, x, count, point ? point + od : NULL, truth[od], even);
    }
    self->scores.windows++;
    self->alone |= count < 2;
}

/* --- joint ------------------------------------------------------------------------------------ */

/* Link loads of the truth and of the samples, [1 + count][m], when there is a routing; freed by the
 * caller, after a failure, too. */
static lead_status make_loads(const lead_evaluation *self, const double *joint, int count,
                              const double *truth, double **loads) {
    size_t pairs = (size_t)self->node_count * (size_t)self->node_count;
    *loads = NULL;
    if (!self->routing)
        return LEAD_OK;
    size_t m = (size_t)lead_routing_link_count(self->routing);
    LEAD_TRY(lead_calloc(((size_t)count + 1) * m, sizeof **loads, loads));
    lead_status status = lead_routing_loads(self->routing, truth, *loads);
    for (size_t k = 0; k < (size_t)count && status == LEAD_OK; k++)
        status = lead_routing_loads(self->routing, joint + k * pairs, *loads + (k + 1) * m);
    return status;
}

static void add_links(lead_evaluation *self, const double *loads, int count, lead_spacing spacing,
                      double *x) {
    size_t m = (size_t)lead_routing_link_count(self->routing);
    for (size_t link = 0; link < m; link++) {
        for (size_t k = 0; k < (size_t)count; k++)
            x[k] = loads[(k + 1) * m + link];
        lead_sort(x, (size_t)count);
        self->link_crps += lead_crps_of_sorted(x, count, loads[link], spacing);
        self->link_truth += loads[link];
    }
}

static void add_sum(lead_evaluation *self, const double *joint, int count, const double *truth,
                    lead_spacing spacing, double *x) {
    int n = self->node_count;
    for (int k = 0; k < count; k++)
        x[k] = lead_tm_total(joint + (size_t)k * (size_t)n * (size_t)n, n);
    lead_sort(x, (size_t)count);
    self->sum_crps += lead_crps_of_sorted(x, count, lead_tm_total(truth, n), spacing);
}

/* Copies a TM with diagonal 0. */
static void copy_tm(const double *tm, size_t n, double *to) {
    memcpy(to, tm, n * n * sizeof *to);
    for (size_t v = 0; v < n; v++)
        to[v * n + v] = 0;
}

static lead_status add_energy(lead_evaluation *self, const double *joint, int count,
                              const double *truth, lead_spacing spacing) {
    size_t n = (size_t)self->node_count, tm = n * n;
    double *rows; /* the truth, the samples */
    LEAD_TRY(lead_calloc(((size_t)count + 1) * tm, sizeof *rows, &rows));
    copy_tm(truth, n, rows);
    for (size_t k = 0; k < (size_t)count; k++)
        copy_tm(joint + k * tm, n, rows + (k + 1) * tm);
    self->energy += lead_energy_score(rows + tm, count, rows, tm, spacing);
    self->norm_truth += lead_norm(rows, tm);
    free(rows);
    return LEAD_OK;
}

lead_status lead_evaluation_add(lead_evaluation *self, const double *samples, const double *joint,
                                int count, const double *point, const double *truth, bool even) {
    LEAD_EXPECTS(self && samples && truth);
    const lead_spacing spacing = even && !joint ? LEAD_EVEN_SUMS : LEAD_RANDOM;
    double *x = NULL, *loads = NULL;
    lead_status status = LEAD_OK;
    if (count < 1)
        return lead_fail(LEAD_INVALID, "scores of %d samples", count);
    if (!joint)
        joint = samples;
    LEAD_TRY_FREE(lead_calloc((size_t)count, sizeof *x, &x));
    LEAD_TRY_FREE(make_loads(self, joint, count, truth, &loads));
    LEAD_TRY_FREE(add_energy(self, joint, count, truth, spacing));
    add_marginal(self, samples, count, point, truth, even, x);
    add_sum(self, joint, count, truth, spacing, x);
    if (loads)
        add_links(self, loads, count, spacing, x);
fail:
    free(loads);
    free(x);
    return status;
}

/* --- result ----------------------------------------------------------------------------------- */

static double ratio(double of, double over) {
    return over > 0 ? of / over : NAN;
}

/* The median over OD pairs of the spread of the samples over that of the errors, with the bound for
 * pairs without errors that models/scores.py has (collapse). */
static lead_status collapse_of(const lead_evaluation *self, double *collapse) {
    size_t n = (size_t)self->node_count, count = 0;
    double *each;
    LEAD_TRY(lead_calloc(n * n, sizeof *each, &each));
    for (size_t od = 0; od < n * n; od++)
        if (od / n != od % n)
            each[count++] = sqrt(self->variance[od] / fmax(self->squared_error[od], 1e-30));
    if (count > 0 && self->scores.windows > 0 && !self->alone)
        *collapse = gsl_stats_median(each, 1, count);
    free(each);
    return LEAD_OK;
}

lead_status lead_evaluation_get_result(const lead_evaluation *self,
                                       lead_evaluation_result *result) {
    LEAD_EXPECTS(self && result);
    const lead_scores *scores = &self->scores;
    *result = (lead_evaluation_result){
        .windows = scores->windows,
        .nrmse = lead_scores_nrmse(scores),
        .nmae = lead_scores_nmae(scores),
        .od_rmse = sqrt(ratio(self->od_squares, (double)self->od_count)),
        .ncrps = lead_scores_ncrps(scores),
        .width_90 = self->alone ? NAN : ratio(self->width_90, scores->absolute_truth),
        .collapse = NAN,
        .crps_sum = ratio(self->sum_crps, scores->absolute_truth),
        .link_ncrps = ratio(self->link_crps, self->link_truth),
        .energy = ratio(self->energy, self->norm_truth),
    };
    for (int i = 0; i < LEAD_COVERAGE_LEVELS; i++)
        result->coverage[i] =
            self->alone ? NAN : ratio((double)self->covered[i], (double)scores->intervals);
    return collapse_of(self, &result->collapse);
}

void lead_evaluation_sums(const lead_evaluation *self, lead_score_sums *sums) {
    LEAD_EXPECTS(self && sums);
    const lead_scores *scores = &self->scores;
    const struct {
        lead_score score;
        double of, over;
    } each[] = {
        {LEAD_SCORE_NRMSE, scores->squared_error, scores->squared_truth},
        {LEAD_SCORE_NMAE, scores->absolute_error, scores->absolute_truth},
        {LEAD_SCORE_OD_RMSE, self->od_squares, (double)self->od_count},
        {LEAD_SCORE_NCRPS, scores->crps, scores->absolute_truth},
        {LEAD_SCORE_CRPS_SUM, self->sum_crps, scores->absolute_truth},
        {LEAD_SCORE_LINK_NCRPS, self->link_crps, self->link_truth},
        {LEAD_SCORE_ENERGY, self->energy, self->norm_truth},
    };
    for (size_t i = 0; i < sizeof each / sizeof *each; i++) {
        sums->of[each[i].score] = each[i].of;
        sums->over[each[i].score] = each[i].over;
    }
}
