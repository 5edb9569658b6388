/* scenarios: see scenarios.h. */
#include "te/common/sample_reduction.h"
#include <math.h>
#include <stdlib.h>

static void fill_distances(const double *tms, int samples, int n, double *distance) {
    size_t count = (size_t)samples, size = (size_t)n * (size_t)n;
    for (size_t a = 0; a < count; a++)
        for (size_t b = 0; b <= a; b++) {
            double sum = 0;
            for (size_t i = 0; i < size; i++) {
                if (i % ((size_t)n + 1) == 0) /* the diagonal, which is not routed */
                    continue;
                double difference = tms[a * size + i] - tms[b * size + i];
                sum += difference * difference;
            }
            distance[a * count + b] = distance[b * count + a] = sqrt(sum);
        }
}

/* The sample whose choice leaves the least sum of distances; nearest[i] is that of sample i to the
 * chosen ones so far. A chosen one never lowers the sum, but may tie when all distances are 0. */
static int find_next(const double *distance, const double *nearest, const bool *taken,
                     int samples) {
    double least = INFINITY;
    int best = -1;
    for (int candidate = 0; candidate < samples; candidate++) {
        double sum = 0;
        for (int i = 0; i < samples; i++)
            sum += fmin(nearest[i], distance[(size_t)candidate * (size_t)samples + (size_t)i]);
        if (!taken[candidate] && (best < 0 || sum < least)) {
            least = sum;
            best = candidate;
        }
    }
    return best;
}

/* Chooses; owner[i] is the chosen sample that stands for sample i. */
static void select_forward(const double *distance, int samples, int keep, double *nearest,
                           bool *taken, int *owner) {
    for (int i = 0; i < samples; i++)
        nearest[i] = INFINITY;
    for (int k = 0; k < keep; k++) {
        int next = find_next(distance, nearest, taken, samples);
        taken[next] = true;
        for (int i = 0; i < samples; i++)
            if (distance[(size_t)next * (size_t)samples + (size_t)i] < nearest[i]) {
                nearest[i] = distance[(size_t)next * (size_t)samples + (size_t)i];
                owner[i] = next;
            }
    }
}

static void list_chosen(const bool *taken, const int *owner, int samples, int *chosen,
                        double *probability) {
    for (int i = 0, at = 0; i < samples; i++) {
        if (!taken[i])
            continue;
        int owned = 0;
        for (int j = 0; j < samples; j++)
            owned += owner[j] == i;
        chosen[at] = i;
        probability[at++] = (double)owned / samples;
    }
}

static void keep_all(int samples, int *chosen, double *probability) {
    for (int i = 0; i < samples; i++) {
        chosen[i] = i;
        probability[i] = 1.0 / samples;
    }
}

lead_status lead_te_reduce(const double *tms, int samples, int n, int keep, int *chosen,
                           double *probability) {
    size_t count = samples > 0 ? (size_t)samples : 0;
    double *distance = NULL, *nearest = NULL;
    bool *taken = NULL;
    int *owner = NULL;
    lead_status status = LEAD_OK;
    if (samples < 1 || keep < 1)
        return lead_fail(LEAD_INVALID, "%d of %d samples cannot be kept", keep, samples);
    if (keep >= samples) {
        keep_all(samples, chosen, probability);
        return LEAD_OK;
    }
    LEAD_TRY_FREE(lead_calloc(count * count, sizeof *distance, &distance));
    LEAD_TRY_FREE(lead_calloc(count, sizeof *nearest, &nearest));
    LEAD_TRY_FREE(lead_calloc(count, sizeof *taken, &taken));
    LEAD_TRY_FREE(lead_calloc(count, sizeof *owner, &owner));
    fill_distances(tms, samples, n, distance);
    select_forward(distance, samples, keep, nearest, taken, owner);
    list_chosen(taken, owner, samples, chosen, probability);
fail:
    free(distance);
    free(nearest);
    free(taken);
    free(owner);
    return status;
}
