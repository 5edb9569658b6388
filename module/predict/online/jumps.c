/* jumps: see jumps.h. */
#include "predict/online/jumps.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BACK = 4, BINS = 3200 };
static const double WIDTH = 0.005; /* of a bin: factors up to e^8 either way */

typedef struct entry {
    bool known;
    int64_t time, before; /* of the TM, and of the one that it is compared with */
    double total, total_before;
    double *log_factor; /* [1 + n] */
} entry;

struct lead_jumps {
    int node_count, rooms;
    int64_t step;
    entry *entries;               /* [rooms], by time */
    double *logs, *weights;       /* [n*n] of the pairs; weight 0: no traffic in one of the two */
    double *bin_weight, *bin_sum; /* [BINS] */
    double *between;              /* [1 + n] */
    double *log_factors;          /* [rooms][1 + n] */
};

void lead_jumps_free(lead_jumps *self) {
    if (!self)
        return;
    free(self->entries);
    free(self->logs);
    free(self->weights);
    free(self->bin_weight);
    free(self->bin_sum);
    free(self->between);
    free(self->log_factors);
    free(self);
}

lead_status lead_jumps_alloc(int node_count, int64_t step, int rooms, lead_jumps **out) {
    size_t n = (size_t)node_count, groups = n + 1;
    lead_jumps *self = NULL;
    lead_status status = LEAD_OK;
    LEAD_TRY(lead_calloc(1, sizeof *self, &self));
    *self = (lead_jumps){.node_count = node_count, .rooms = rooms, .step = step};
    LEAD_TRY_FREE(lead_calloc((size_t)rooms, sizeof *self->entries, &self->entries));
    LEAD_TRY_FREE(lead_calloc(n * n, sizeof(double), &self->logs));
    LEAD_TRY_FREE(lead_calloc(n * n, sizeof(double), &self->weights));
    LEAD_TRY_FREE(lead_calloc(BINS, sizeof(double), &self->bin_weight));
    LEAD_TRY_FREE(lead_calloc(BINS, sizeof(double), &self->bin_sum));
    LEAD_TRY_FREE(lead_calloc(groups, sizeof(double), &self->between));
    LEAD_TRY_FREE(lead_calloc((size_t)rooms * groups, sizeof(double), &self->log_factors));
    for (size_t i = 0; i < (size_t)rooms; i++)
        self->entries[i].log_factor = self->log_factors + i * groups;
    *out = self;
    return LEAD_OK;
fail:
    lead_jumps_free(self);
    return status;
}

/* --- the weighted median -----------------------------------------------------------------------
 */

static void clear_bins(lead_jumps *self) {
    memset(self->bin_weight, 0, BINS * sizeof(double));
    memset(self->bin_sum, 0, BINS * sizeof(double));
}

static void add_pair(lead_jumps *self, size_t od) {
    if (self->weights[od] <= 0)
        return;
    double most = WIDTH * BINS / 2, value = fmin(most, fmax(-most, self->logs[od])),
           place = floor(value / WIDTH) + BINS / 2.0;
    int bin = place < BINS ? (int)place : BINS - 1;
    self->bin_weight[bin] += self->weights[od];
    self->bin_sum[bin] += self->weights[od] * value;
}

/* The mean of the bin that the median falls into. */
static double median_of_bins(const lead_jumps *self) {
    double half = lead_sum(self->bin_weight, BINS) / 2, until = 0;
    for (int bin = 0; bin < BINS; bin++) {
        until += self->bin_weight[bin];
        if (until > 0 && until >= half)
            return self->bin_sum[bin] / self->bin_weight[bin];
    }
    return 0;
}

static double of_all(lead_jumps *self) {
    size_t pairs = (size_t)self->node_count * (size_t)self->node_count;
    clear_bins(self);
    for (size_t od = 0; od < pairs; od++)
        add_pair(self, od);
    return median_of_bins(self);
}

static double of_node(lead_jumps *self, size_t node) {
    size_t n = (size_t)self->node_count;
    clear_bins(self);
    for (size_t other = 0; other < n; other++) {
        add_pair(self, node * n + other);
        add_pair(self, other * n + node);
    }
    return median_of_bins(self);
}

/* --- two TMs -----------------------------------------------------------------------------------
 */

/* Whether enough pairs can be compared. */
static bool compare_pairs(lead_jumps *self, const double *before, const double *now) {
    size_t n = (size_t)self->node_count, both = 0, either = 0;
    for (size_t od = 0; od < n * n; od++) {
        bool is_pair = od / n != od % n, was = before[od] > 0, is = now[od] > 0;
        self->weights[od] = is_pair && was && is ? sqrt(sqrt(before[od]) * sqrt(now[od])) : 0;
        self->logs[od] = self->weights[od] > 0 ? log(now[od]) - log(before[od]) : 0;
        both += self->weights[od] > 0;
        either += is_pair && (was || is);
    }
    return both > 0 && 2 * both >= either;
}

static void compare(lead_jumps *self, const double *before, const double *now, double *factor) {
    size_t n = (size_t)self->node_count;
    memset(factor, 0, (1 + n) * sizeof *factor);
    if (!compare_pairs(self, before, now))
        return;
    factor[0] = of_all(self);
    for (size_t node = 0; node < n; node++)
        factor[1 + node] = of_node(self, node) - factor[0];
}

static double total_of(const lead_tm_series *history, int row) {
    int n = lead_tm_series_node_count(history);
    return lead_tm_total(lead_tm_series_tm(history, row), n);
}

/* A TM without traffic says nothing, nor does one that was taken for a missing one. */
static bool tells(const lead_tm_series *history, int row) {
    size_t n = (size_t)lead_tm_series_node_count(history);
    const double *tm = lead_tm_series_tm(history, row);
    return total_of(history, row) > 0 &&
           (row == 0 || memcmp(tm, lead_tm_series_tm(history, row - 1), n * n * sizeof *tm) != 0);
}

/* The row that `row` is compared with; -1: none. */
static int find_before(const lead_jumps *self, const lead_tm_series *history, int row) {
    int64_t oldest = lead_tm_series_time(history, row) - BACK * self->step;
    if (total_of(history, row) <= 0)
        return -1;
    for (int before = row - 1; before >= 0; before--) {
        if (lead_tm_series_time(history, before) < oldest)
            return -1;
        if (tells(history, before))
            return before;
    }
    return -1;
}

const double *lead_jumps_between(lead_jumps *self, const lead_tm_series *history, int before,
                                 int row) {
    compare(self, lead_tm_series_tm(history, before), lead_tm_series_tm(history, row),
            self->between);
    return self->between;
}

const double *lead_jumps_of(lead_jumps *self, const lead_tm_series *history, int row) {
    int before = find_before(self, history, row);
    int64_t time = lead_tm_series_time(history, row),
            other = before < 0 ? time : lead_tm_series_time(history, before);
    entry *found = &self->entries[(uint64_t)(time / self->step) % (uint64_t)self->rooms];
    entry asked = {true,
                   time,
                   other,
                   total_of(history, row),
                   before < 0 ? 0 : total_of(history, before),
                   found->log_factor};
    if (found->known && found->time == time && found->before == other &&
        found->total == asked.total && found->total_before == asked.total_before)
        return found->log_factor;
    *found = asked;
    if (before < 0)
        for (int group = 0; group <= self->node_count; group++)
            found->log_factor[group] = asked.total > 0 ? NAN : 0;
    else
        compare(self, lead_tm_series_tm(history, before), lead_tm_series_tm(history, row),
                found->log_factor);
    return found->log_factor;
}
