/* Scores of whole paths of forecasts: what single steps cannot show. A plan that stays for several
 * epochs meets the largest load of each, which the dependence between the steps decides. */
#include "base/expects.h"
#include "predict/scores.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct lead_path_scores {
    int node_count, steps;
    const lead_routing *routing; /* NULL: no links */
    long windows, intervals, covered;
    double link_peak_crps, link_peak_truth;
    double mlu_crps, mlu_truth;
    double variogram, variogram_truth;
    double energy, norm_truth;
    double changes, true_changes; /* summed |x(t + 1) - x(t)|: means of the samples, the truth */
    bool alone;                   /* some window had one sample only: no interval */
};

lead_status lead_path_scores_alloc(int node_count, int steps, const lead_routing *routing,
                                   lead_path_scores **out) {
    LEAD_EXPECTS(out);
    if (node_count < 1 || steps < 1 || (routing && lead_routing_node_count(routing) != node_count))
        return lead_fail(LEAD_INVALID, "paths of %d steps of %d nodes with a routing of %d", steps,
                         node_count, routing ? lead_routing_node_count(routing) : 0);
    LEAD_TRY(lead_calloc(1, sizeof **out, out));
    (*out)->node_count = node_count;
    (*out)->steps = steps;
    (*out)->routing = routing;
    return LEAD_OK;
}

void lead_path_scores_free(lead_path_scores *self) {
    free(self);
}

/* --- one window ------------------------------------------------------------------------------- */

/* The truth is path 0, the samples are paths 1 to count. */
typedef struct path_window {
    int count;
    lead_spacing spacing;
    size_t length; /* of a path: steps x n x n, diagonals 0 */
    double *paths; /* [1 + count][length] */
    double *loads; /* [1 + count][steps][m]; NULL without a routing */
    double *x;     /* [count] */
} path_window;

static void window_free(path_window *self) {
    free(self->paths);
    free(self->loads);
    free(self->x);
}

static void copy_path(const double *from, size_t n, size_t steps, double *to) {
    memcpy(to, from, steps * n * n * sizeof *to);
    for (size_t t = 0; t < steps; t++)
        for (size_t v = 0; v < n; v++)
            to[t * n * n + v * n + v] = 0;
}

static lead_status make_loads(const lead_path_scores *self, path_window *window) {
    size_t m = (size_t)lead_routing_link_count(self->routing), steps = (size_t)self->steps,
           tm = (size_t)self->node_count * (size_t)self->node_count,
           rows = ((size_t)window->count + 1) * steps;
    LEAD_TRY(lead_calloc(rows * m, sizeof *window->loads, &window->loads));
    for (size_t row = 0; row < rows; row++)
        LEAD_TRY(
            lead_routing_loads(self->routing, window->paths + row * tm, window->loads + row * m));
    return LEAD_OK;
}

static lead_status make_window(const lead_path_scores *self, const double *samples,
                               const double *truth, path_window *window) {
    size_t n = (size_t)self->node_count, steps = (size_t)self->steps;
    window->length = steps * n * n;
    LEAD_TRY(lead_calloc((size_t)window->count, sizeof *window->x, &window->x));
    LEAD_TRY(lead_calloc(((size_t)window->count + 1) * window->length, sizeof *window->paths,
                         &window->paths));
    copy_path(truth, n, steps, window->paths);
    for (size_t k = 0; k < (size_t)window->count; k++)
        copy_path(samples + k * window->length, n, steps, window->paths + (k + 1) * window->length);
    return self->routing ? make_loads(self, window) : LEAD_OK;
}

/* --- scores ----------------------------------------------------------------------------------- */

/* A link's largest load on path k. */
static double link_peak(const lead_path_scores *self, const path_window *window, size_t k,
                        size_t link) {
    size_t m = (size_t)lead_routing_link_count(self->routing), steps = (size_t)self->steps;
    const double *loads = window->loads + k * steps * m;
    double peak = 0;
    for (size_t t = 0; t < steps; t++)
        peak = fmax(peak, loads[t * m + link]);
    return peak;
}

static void add_link_peaks(lead_path_scores *self, path_window *window) {
    for (size_t link = 0; link < (size_t)lead_routing_link_count(self->routing); link++) {
        double truth = link_peak(self, window, 0, link);
        for (size_t k = 0; k < (size_t)window->count; k++)
            window->x[k] = link_peak(self, window, k + 1, link);
        lead_sort(window->x, (size_t)window->count);
        self->link_peak_crps +=
            lead_crps_of_sorted(window->x, window->count, truth, window->spacing);
        self->link_peak_truth += truth;
    }
}

static double mlu_peak(const lead_path_scores *self, const path_window *window, size_t k) {
    const lead_topology *topology = lead_routing_topology(self->routing);
    size_t m = (size_t)lead_routing_link_count(self->routing), steps = (size_t)self->steps;
    double peak = 0;
    for (size_t t = 0; t < steps; t++)
        peak = fmax(peak, lead_mlu(topology, window->loads + (k * steps + t) * m));
    return peak;
}

static void add_mlu_peak(lead_path_scores *self, path_window *window) {
    double truth = mlu_peak(self, window, 0), *x = window->x;
    for (size_t k = 0; k < (size_t)window->count; k++)
        x[k] = mlu_peak(self, window, k + 1);
    lead_sort(x, (size_t)window->count);
    self->mlu_crps += lead_crps_of_sorted(x, window->count, truth, window->spacing);
    self->mlu_truth += truth;
    self->covered += lead_interval_bound(x, window->count, 0.05, window->spacing) <= truth &&
                     truth <= lead_interval_bound(x, window->count, 0.95, window->spacing);
    self->intervals++;
}

/* |x(link, s) - x(link, t)|^(1/2) on path k. */
static double variation(const double *loads, size_t m, size_t link, size_t s, size_t t) {
    return sqrt(fabs(loads[s * m + link] - loads[t * m + link]));
}

/* One link and one pair of steps: (truth - mean of the samples)^2. */
static double variogram_of(const lead_path_scores *self, const path_window *window, size_t link,
                           size_t s, size_t t) {
    size_t m = (size_t)lead_routing_link_count(self->routing), path = (size_t)self->steps * m;
    double sum = 0, truth = variation(window->loads, m, link, s, t);
    for (size_t k = 1; k <= (size_t)window->count; k++)
        sum += variation(window->loads + k * path, m, link, s, t);
    double error = truth - sum / window->count;
    return error * error;
}

/* Scheuerer and Hamill 2015, eq. 11, of order 1/2, all weights 1: over pairs of steps of a link. */
static void add_variogram(lead_path_scores *self, const path_window *window) {
    size_t m = (size_t)lead_routing_link_count(self->routing);
    for (size_t link = 0; link < m; link++)
        for (size_t s = 0; s < (size_t)self->steps; s++)
            for (size_t t = 0; t < s; t++) {
                self->variogram += variogram_of(self, window, link, s, t);
                self->variogram_truth +=
                    fabs(window->loads[s * m + link] - window->loads[t * m + link]);
            }
}

static double changes_of(const double *path, size_t length, size_t tm) {
    double sum = 0;
    for (size_t i = tm; i < length; i++)
        sum += fabs(path[i] - path[i - tm]);
    return sum;
}

static void add_roughness(lead_path_scores *self, const path_window *window) {
    size_t tm = (size_t)self->node_count * (size_t)self->node_count;
    for (size_t k = 1; k <= (size_t)window->count; k++)
        self->changes +=
            changes_of(window->paths + k * window->length, window->length, tm) / window->count;
    self->true_changes += changes_of(window->paths, window->length, tm);
}

static void add_energy(lead_path_scores *self, const path_window *window) {
    self->energy += lead_energy_score(window->paths + window->length, window->count, window->paths,
                                      window->length, window->spacing);
    self->norm_truth += lead_norm(window->paths, window->length);
}

lead_status lead_path_scores_add(lead_path_scores *self, const double *samples, int count,
                                 const double *truth, bool even) {
    LEAD_EXPECTS(self && samples && truth);
    path_window window = {.count = count, .spacing = even ? LEAD_EVEN_SUMS : LEAD_RANDOM};
    lead_status status = LEAD_OK;
    if (count < 1)
        return lead_fail(LEAD_INVALID, "scores of %d paths", count);
    LEAD_TRY_FREE(make_window(self, samples, truth, &window));
    self->windows++;
    self->alone |= count < 2;
    add_energy(self, &window);
    add_roughness(self, &window);
    if (self->routing) {
        add_link_peaks(self, &window);
        add_mlu_peak(self, &window);
        add_variogram(self, &window);
    }
fail:
    window_free(&window);
    return status;
}

/* --- result ----------------------------------------------------------------------------------- */

static double ratio(double of, double over) {
    return over > 0 ? of / over : NAN;
}

lead_path_result lead_path_scores_result(const lead_path_scores *self) {
    LEAD_EXPECTS(self);
    return (lead_path_result){
        .windows = self->windows,
        .steps = self->steps,
        .link_peak_crps = ratio(self->link_peak_crps, self->link_peak_truth),
        .peak_mlu_crps = ratio(self->mlu_crps, self->mlu_truth),
        .peak_mlu_coverage_90 =
            self->alone ? NAN : ratio((double)self->covered, (double)self->intervals),
        .path_energy = ratio(self->energy, self->norm_truth),
        .variogram = ratio(self->variogram, self->variogram_truth),
        .roughness = ratio(self->changes, self->true_changes),
    };
}

void lead_path_scores_sums(const lead_path_scores *self, lead_score_sums *sums) {
    LEAD_EXPECTS(self && sums);
    const struct {
        lead_score score;
        double of, over;
    } each[] = {
        {LEAD_SCORE_LINK_PEAK_CRPS, self->link_peak_crps, self->link_peak_truth},
        {LEAD_SCORE_PEAK_MLU_CRPS, self->mlu_crps, self->mlu_truth},
        {LEAD_SCORE_PATH_ENERGY, self->energy, self->norm_truth},
        {LEAD_SCORE_VARIOGRAM, self->variogram, self->variogram_truth},
    };
    for (size_t i = 0; i < sizeof each / sizeof *each; i++) {
        sums->of[each[i].score] = each[i].of;
        sums->over[each[i].score] = each[i].over;
    }
}
