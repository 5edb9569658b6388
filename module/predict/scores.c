/* Scores of forecasts: normalised errors of mean and median, CRPS, interval coverage. */
#include "predict/scores.h"
#include "base/expects.h"
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

double lead_spacing_others(lead_spacing spacing, int count) {
    if (spacing == LEAD_EVEN)
        return count;
    return spacing == LEAD_EVEN_SUMS ? sqrt((double)count * (count - 1)) : count - 1;
}

/* mean |x - y| - 1/2 E|X - X'|; the double sum of sorted values is 2 sum_i (2 i - count + 1) x_i.
 */
double lead_crps_of_sorted(const double *x, int count, double y, lead_spacing spacing) {
    double distance = 0, spread = 0;
    for (int i = 0; i < count; i++) {
        distance += fabs(x[i] - y);
        spread += (2.0 * i - count + 1) * x[i];
    }
    return distance / count -
           (count > 1 ? spread / (count * lead_spacing_others(spacing, count)) : 0);
}

enum { LANES = 4 }; /* sums side by side, which the compiler makes vector instructions of */

static double distance_of(const double *a, const double *b, size_t size) {
    double squares[LANES] = {0};
    size_t whole = size - size % LANES;
    for (size_t i = 0; i < whole; i += LANES)
        for (size_t k = 0; k < LANES; k++) {
            double difference = a[i + k] - b[i + k];
            squares[k] += difference * difference;
        }
    for (size_t i = whole; i < size; i++)
        squares[i - whole] += (a[i] - b[i]) * (a[i] - b[i]);
    return sqrt(lead_sum(squares, LANES));
}

double lead_norm(const double *a, size_t size) {
    double squares[LANES] = {0};
    for (size_t i = 0; i < size; i++)
        squares[i % LANES] += a[i] * a[i];
    return sqrt(lead_sum(squares, LANES));
}

double lead_energy_score(const double *samples, int count, const double *truth, size_t size,
                         lead_spacing spacing) {
    double away = 0, spread = 0;
    for (size_t k = 0; k < (size_t)count; k++) {
        away += distance_of(samples + k * size, truth, size);
        for (size_t l = 0; l < k; l++)
            spread += distance_of(samples + k * size, samples + l * size, size);
    }
    return away / count - (count > 1 ? spread / (count * lead_spacing_others(spacing, count)) : 0);
}

double lead_interval_bound(const double *x, int count, double q, lead_spacing spacing) {
    static const double more[] = {[LEAD_RANDOM] = 1, [LEAD_EVEN] = 0, [LEAD_EVEN_SUMS] = 0.5};
    double at = q * (count + more[spacing]) - (1 + more[spacing]) / 2;
    if (at <= 0)
        return x[0];
    if (at >= count - 1)
        return x[count - 1];
    int below = (int)at;
    return x[below] + (at - below) * (x[below + 1] - x[below]);
}

const char *lead_score_name(lead_score score) {
    static const char *const names[LEAD_SCORE_COUNT] = {
        [LEAD_SCORE_NRMSE] = "nrmse",
        [LEAD_SCORE_NMAE] = "nmae",
        [LEAD_SCORE_OD_RMSE] = "od_rmse",
        [LEAD_SCORE_NCRPS] = "ncrps",
        [LEAD_SCORE_CRPS_SUM] = "crps_sum",
        [LEAD_SCORE_LINK_NCRPS] = "link_ncrps",
        [LEAD_SCORE_ENERGY] = "energy",
        [LEAD_SCORE_LINK_PEAK_CRPS] = "link_peak_crps",
        [LEAD_SCORE_PEAK_MLU_CRPS] = "peak_mlu_crps",
        [LEAD_SCORE_PATH_ENERGY] = "path_energy",
        [LEAD_SCORE_VARIOGRAM] = "variogram",
    };
    LEAD_EXPECTS(score < LEAD_SCORE_COUNT);
    return names[score];
}

bool lead_score_is_root(lead_score score) {
    return score == LEAD_SCORE_NRMSE || score == LEAD_SCORE_OD_RMSE;
}

void lead_scores_add_pair(lead_scores *scores, double *x, int count, const double *point,
                          double truth, bool even) {
    double mean = point ? *point : lead_sum(x, (size_t)count) / count;
    lead_sort(x, (size_t)count);
    double median = point ? *point : gsl_stats_median_from_sorted_data(x, 1, (size_t)count);
    lead_spacing spacing = even ? LEAD_EVEN : LEAD_RANDOM;
    double low = lead_interval_bound(x, count, 0.05, spacing),
           high = lead_interval_bound(x, count, 0.95, spacing);
    scores->squared_error += (mean - truth) * (mean - truth);
    scores->squared_truth += truth * truth;
    scores->absolute_error += fabs(median - truth);
    scores->absolute_truth += truth;
    scores->crps += lead_crps_of_sorted(x, count, truth, spacing);
    scores->covered_90 += count > 1 && low <= truth && truth <= high;
    scores->intervals += count > 1;
}

lead_status lead_scores_add(lead_scores *scores, const double *samples, int count,
                            const double *point, const double *truth, int node_count) {
    LEAD_EXPECTS(scores && samples && truth);
    double *x;
    size_t pairs = (size_t)node_count * (size_t)node_count;
    LEAD_TRY(lead_calloc((size_t)count, sizeof *x, &x));
    for (size_t od = 0; od < pairs; od++) {
        if (od / (size_t)node_count == od % (size_t)node_count)
            continue;
        for (size_t k = 0; k < (size_t)count; k++)
            x[k] = samples[k * pairs + od];
        lead_scores_add_pair(scores, x, count, point ? point + od : NULL, truth[od], false);
    }
    scores->windows++;
    free(x);
    return LEAD_OK;
}

void lead_scores_merge(lead_scores *scores, const lead_scores *more) {
    LEAD_EXPECTS(scores && more);
    scores->windows += more->windows;
    scores->squared_error += more->squared_error;
    scores->squared_truth += more->squared_truth;
    scores->absolute_error += more->absolute_error;
    scores->absolute_truth += more->absolute_truth;
    scores->crps += more->crps;
    scores->covered_90 += more->covered_90;
    scores->intervals += more->intervals;
}

double lead_scores_nrmse(const lead_scores *scores) {
    LEAD_EXPECTS(scores);
    return scores->squared_truth > 0 ? sqrt(scores->squared_error / scores->squared_truth) : NAN;
}

double lead_scores_nmae(const lead_scores *scores) {
    LEAD_EXPECTS(scores);
    return scores->absolute_truth > 0 ? scores->absolute_error / scores->absolute_truth : NAN;
}

double lead_scores_ncrps(const lead_scores *scores) {
    LEAD_EXPECTS(scores);
    return scores->absolute_truth > 0 ? scores->crps / scores->absolute_truth : NAN;
}

double lead_scores_coverage_90(const lead_scores *scores) {
    LEAD_EXPECTS(scores);
    return scores->intervals > 0 ? (double)scores->covered_90 / (double)scores->intervals : NAN;
}
