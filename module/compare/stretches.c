/* The epochs of pairs of runs, brought together: which belong to the same traffic. */
#include "compare/stretches.h"
#include "base/array.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double offered_tolerance = 1e-6; /* files have nine digits */

lead_status lead_compare_path(const char *a, const char *b, const char *c, char **out) {
    size_t size = strlen(a) + strlen(b) + (c ? strlen(c) : 0) + 3;
    LEAD_TRY(lead_calloc(size, 1, out));
    snprintf(*out, size, c ? "%s/%s/%s" : "%s/%s", a, b, c);
    return LEAD_OK;
}

/* The first epoch in which the two did not meet the same traffic at the same time; -1: none. Of
 * runs of the same length. */
static int differ(const lead_compare_epochs *a, const lead_compare_epochs *b) {
    for (int i = 0; i < a->count; i++) {
        double x = a->offered[i], y = b->offered[i];
        bool same =
            (isnan(x) && isnan(y)) || fabs(x - y) <= offered_tolerance * fmax(fabs(x), fabs(y));
        if (a->epoch[i] != b->epoch[i] || a->time[i] != b->time[i] || !same)
            return i;
    }
    return -1;
}

static lead_status refuse(const char *run_a, const char *run_b, const char *why) {
    return lead_fail(
        LEAD_INVALID,
        "%s and %s cannot be compared: %s. Give both scenarios the same traffic: and time: (`diff "
        "%s/scenario.yaml %s/scenario.yaml` shows what differs) and run them again",
        run_a, run_b, why, run_a, run_b);
}

static lead_status check_match(const char *run_a, const lead_compare_epochs *a, const char *run_b,
                               const lead_compare_epochs *b) {
    char why[240], time_a[LEAD_TIME_LENGTH + 1], time_b[LEAD_TIME_LENGTH + 1];
    if (a->count != b->count) {
        snprintf(why, sizeof why, "one has %d epochs, the other %d", a->count, b->count);
        return refuse(run_a, run_b, why);
    }
    int at = differ(a, b);
    if (at < 0)
        return LEAD_OK;
    lead_time_format(a->time[at], time_a);
    lead_time_format(b->time[at], time_b);
    if (a->epoch[at] != b->epoch[at] || a->time[at] != b->time[at])
        snprintf(why, sizeof why, "row %d is epoch %d, %s, in one and epoch %d, %s, in the other",
                 at + 1, a->epoch[at], time_a, b->epoch[at], time_b);
    else
        snprintf(why, sizeof why, "in epoch %d one was offered %.9g bit/s and the other %.9g",
                 a->epoch[at], a->offered[at], b->offered[at]);
    return refuse(run_a, run_b, why);
}

static lead_status read_epochs(const char *run, const char *policy, lead_compare_epochs **out) {
    char *folder, *path;
    *out = NULL;
    if (strchr(policy, '/') || policy[0] == '.')
        return lead_fail(LEAD_FORMAT, "%s/summary.json: \"%.60s\" is no name of a policy", run,
                         policy);
    LEAD_TRY(lead_compare_path(run, policy, NULL, &folder));
    lead_status status = lead_compare_path(folder, "epochs.csv", NULL, &path);
    free(folder);
    if (status != LEAD_OK)
        return status;
    status = lead_compare_epochs_read(path, out);
    if (status == LEAD_OK && (*out)->count == 0)
        status = lead_fail(LEAD_INVALID, "%s has no epochs", path);
    free(path);
    return status;
}

lead_status lead_compare_stretches_add(lead_compare_stretches *self, const char *run_a,
                                       const char *policy_a, const char *run_b,
                                       const char *policy_b) {
    LEAD_TRY(lead_grow(&self->a, sizeof(void *), self->runs, 1, &self->room_a));
    LEAD_TRY(lead_grow(&self->b, sizeof(void *), self->runs, 1, &self->room_b));
    lead_compare_epochs **a = &self->a[self->runs], **b = &self->b[self->runs];
    *a = *b = NULL;
    self->runs++;
    LEAD_TRY(read_epochs(run_a, policy_a, a));
    LEAD_TRY(read_epochs(run_b, policy_b, b));
    return check_match(run_a, *a, run_b, *b);
}

/* The first run that met the same traffic as run `k`, itself if none did. */
static int first_alike(const lead_compare_stretches *self, int k) {
    for (int i = 0; i < k; i++)
        if (self->a[i]->count == self->a[k]->count && differ(self->a[i], self->a[k]) < 0)
            return i;
    return k;
}

static lead_status make_groups(lead_compare_stretches *self) {
    LEAD_TRY(lead_calloc((size_t)self->runs, sizeof *self->group, &self->group));
    for (int k = 0; k < self->runs; k++) {
        int first = first_alike(self, k);
        self->group[k] = first < k ? self->group[first] : self->count++;
        self->epochs += first < k ? 0 : self->a[k]->count;
    }
    return LEAD_OK;
}

/* One metric's stretches; their values go to `at`, which is behind them at the end. */
static lead_status fill(lead_compare_stretches *self, int metric, double **at) {
    LEAD_TRY(
        lead_calloc((size_t)self->count, sizeof(lead_compare_stretch), &self->stretches[metric]));
    for (int g = 0; g < self->count; g++) {
        lead_compare_stretch *stretch = &self->stretches[metric][g];
        double *sides[2] = {NULL};
        for (int side = 0; side < 2; side++) {
            sides[side] = *at;
            stretch->seeds = 0;
            for (int k = 0; k < self->runs; k++) {
                if (self->group[k] != g)
                    continue;
                const lead_compare_epochs *epochs = (side ? self->b : self->a)[k];
                memcpy(*at, epochs->values[metric], (size_t)epochs->count * sizeof **at);
                *at += epochs->count;
                stretch->epochs = epochs->count;
                stretch->seeds++;
            }
        }
        stretch->a = sides[0];
        stretch->b = sides[1];
    }
    return LEAD_OK;
}

lead_status lead_compare_stretches_finish(lead_compare_stretches *self) {
    size_t values = 0;
    LEAD_TRY(make_groups(self));
    for (int k = 0; k < self->runs; k++)
        values += 2 * (size_t)self->a[k]->count;
    LEAD_TRY(lead_calloc(values * LEAD_COMPARE_METRICS, sizeof *self->values, &self->values));
    double *at = self->values;
    for (int metric = 0; metric < LEAD_COMPARE_METRICS; metric++)
        LEAD_TRY(fill(self, metric, &at));
    return LEAD_OK;
}

void lead_compare_stretches_clear(lead_compare_stretches *self) {
    for (int k = 0; k < self->runs; k++) {
        lead_compare_epochs_free(self->a[k]);
        lead_compare_epochs_free(self->b[k]);
    }
    for (int i = 0; i < LEAD_COMPARE_METRICS; i++)
        free(self->stretches[i]);
    free(self->a);
    free(self->b);
    free(self->group);
    free(self->values);
    *self = (lead_compare_stretches){0};
}
