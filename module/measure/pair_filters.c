/* pair_filters: see pair_filters.h. */
#include "measure/pair_filters.h"
#include <math.h>
#include <stdlib.h>

enum { DAY = 86400, SLOTS = 96, SLOT = DAY / SLOTS, LEAST_TMS = 16, PROFILE_DAYS = 2 };
static const double USUAL_MEMORY = 6 * 3600; /* s */
static const double SCALE_GAIN = 0.02, SURPRISE_MOST = 9, SCALE_MOST = 1e3, JUMPS_MEMORY = 1000;
static const double MEMORY_MOST = 0.999;
/* Least variances, of the mean pair's: what never spoke may. */
static const double LEAST_NOISE = 1e-6, LEAST_JUMP = 1e-2;
/* Variance of noise and drive over the square of the root, of a pair whose past is not known. */
static const double FRESH = 0.01;

static int slot_of(int64_t time) {
    int64_t second = time % DAY;
    return (int)((second < 0 ? second + DAY : second) / SLOT);
}

static double *profile_at(const lead_pair_filters *self, int64_t time) {
    return self->profile + (size_t)slot_of(time) * (size_t)self->pairs;
}

/* --- the fit ---------------------------------------------------------------------------------- */

static int64_t least_step(const lead_tm_series *prior) {
    int64_t least = 0;
    for (int i = 1; i < lead_tm_series_length(prior); i++) {
        int64_t step = lead_tm_series_time(prior, i) - lead_tm_series_time(prior, i - 1);
        least = least == 0 || step < least ? step : least;
    }
    return least;
}

/* Whether the TMs tell a day's course: of two days or more. */
static bool has_days(const lead_tm_series *prior) {
    int last = lead_tm_series_length(prior) - 1;
    return lead_tm_series_time(prior, last) - lead_tm_series_time(prior, 0) >= PROFILE_DAYS * DAY;
}

/* Means of the roots by the time of day; counts[SLOTS], of all times where a slot has none. */
static void fit_slots(lead_pair_filters *self, const lead_tm_series *prior, double *all) {
    int length = lead_tm_series_length(prior), counts[SLOTS] = {0};
    bool days = has_days(prior);
    for (int i = 0; i < length; i++) {
        const double *tm = lead_tm_series_tm(prior, i);
        double *slot = profile_at(self, lead_tm_series_time(prior, i));
        counts[slot_of(lead_tm_series_time(prior, i))]++;
        for (int od = 0; od < self->pairs; od++) {
            slot[od] += sqrt(tm[od]);
            all[od] += sqrt(tm[od]) / length;
        }
    }
    for (int k = 0; k < SLOTS; k++)
        for (int od = 0; od < self->pairs; od++) {
            double *value = &self->profile[(size_t)k * (size_t)self->pairs + (size_t)od];
            *value = days && counts[k] > 0 ? *value / counts[k] : all[od];
        }
}

/* Each slot with a quarter of each neighbour; `room` [pairs * 2]. */
static void smooth_slots(lead_pair_filters *self, double *room) {
    size_t pairs = (size_t)self->pairs;
    double *first = room, *before = room + pairs;
    for (size_t od = 0; od < pairs; od++) {
        first[od] = self->profile[od];
        before[od] = self->profile[(SLOTS - 1) * pairs + od];
    }
    for (size_t k = 0; k < SLOTS; k++)
        for (size_t od = 0; od < pairs; od++) {
            double *slot = self->profile + k * pairs,
                   next = k + 1 < SLOTS ? slot[pairs + od] : first[od], own = slot[od];
            slot[od] = (before[od] + 2 * own + next) / 4;
            before[od] = own;
        }
}

/* Sums of products of deviations from the profile 0, 1 and 2 steps apart, and their numbers. */
typedef struct products {
    double *sum[3]; /* [pairs] */
    double count[3];
} products;

static void add_products(const lead_pair_filters *self, const lead_tm_series *prior, int now,
                         int lag, products *into) {
    const double *tm = lead_tm_series_tm(prior, now), *past = lead_tm_series_tm(prior, now - lag);
    int64_t time = lead_tm_series_time(prior, now), then = lead_tm_series_time(prior, now - lag);
    const double *usual = profile_at(self, time), *usual_then = profile_at(self, then);
    if (time - then != lag * self->step)
        return;
    into->count[lag]++;
    for (int od = 0; od < self->pairs; od++)
        into->sum[lag][od] += (sqrt(tm[od]) - usual[od]) * (sqrt(past[od]) - usual_then[od]);
}

/* Memory, drive and noise of one pair by the method of moments: deviations have covariance
 * memory^k times the level's variance k > 0 steps apart, and the noise's variance on top of it at
 * 0. */
static void fit_pair(lead_pair_filters *self, const products *of, int od, double least) {
    double at[3];
    for (int lag = 0; lag < 3; lag++)
        at[lag] = of->count[lag] > 0 ? of->sum[lag][od] / of->count[lag] : 0;
    bool lasting = at[1] > 0 && at[2] > 0;
    double memory = lasting ? fmin(at[2] / at[1], MEMORY_MOST) : 0,
           level = lasting ? fmin(at[1] * at[1] / at[2], at[0]) : 0;
    self->memory[od] = memory;
    self->drive[od] = fmax(level * (1 - memory * memory), least);
    self->noise[od] = fmax(at[0] - level, fmax(1e-3 * at[0], least));
    self->variance[od] = fmax(level, least);
}

static void fit_moments(lead_pair_filters *self, const lead_tm_series *prior, double *room) {
    size_t pairs = (size_t)self->pairs;
    products of = {.sum = {room, room + pairs, room + 2 * pairs}};
    double total = 0;
    int length = lead_tm_series_length(prior);
    for (int now = 0; now < length; now++) {
        for (int lag = 0; lag < 3 && lag <= now; lag++)
            add_products(self, prior, now, lag, &of);
        total += lead_sum(lead_tm_series_tm(prior, now), pairs) / length;
    }
    for (int od = 0; od < self->pairs; od++)
        fit_pair(self, &of, od, LEAST_NOISE * total / self->pairs);
    self->least_jumps = pow(LEAST_JUMP * total / self->pairs, 2);
}

static lead_status fit(lead_pair_filters *self, const lead_tm_series *prior) {
    double *room;
    LEAD_TRY(lead_calloc(6 * (size_t)self->pairs, sizeof *room, &room));
    self->step = least_step(prior);
    fit_slots(self, prior, room);
    smooth_slots(self, room + self->pairs);
    fit_moments(self, prior, room + 3 * (size_t)self->pairs);
    free(room);
    return LEAD_OK;
}

static void go_through(lead_pair_filters *self, const lead_tm_series *prior) {
    for (int i = 0; i < lead_tm_series_length(prior); i++) {
        lead_pair_filters_predict(self, lead_tm_series_time(prior, i));
        for (int od = 0; od < self->pairs; od++)
            lead_pair_filters_measure(self, od, lead_tm_series_tm(prior, i)[od]);
    }
}

/* --- the filter ------------------------------------------------------------------------------- */

lead_status lead_pair_filters_alloc(lead_pair_filters *self, int pairs,
                                    const lead_tm_series *prior) {
    size_t count = (size_t)pairs;
    lead_status status = LEAD_OK;
    *self = (lead_pair_filters){.pairs = pairs};
    double **arrays[] = {&self->memory, &self->drive,  &self->noise,   &self->scale,
                         &self->jumps,  &self->seen,   &self->level,   &self->usual,
                         &self->mean,   &self->spread, &self->variance};
    LEAD_TRY_FREE(lead_calloc(SLOTS * count, sizeof(double), &self->profile));
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        LEAD_TRY_FREE(lead_calloc(count, sizeof(double), arrays[i]));
    for (int od = 0; od < pairs; od++)
        self->memory[od] = self->scale[od] = 1;
    if (prior && lead_tm_series_length(prior) >= LEAST_TMS)
        LEAD_TRY_FREE(fit(self, prior));
    if (prior)
        go_through(self, prior);
    return LEAD_OK;
fail:
    lead_pair_filters_free(self);
    return status;
}

void lead_pair_filters_free(lead_pair_filters *self) {
    double *const arrays[] = {self->profile, self->memory, self->drive,  self->noise,
                              self->scale,   self->jumps,  self->seen,   self->level,
                              self->usual,   self->mean,   self->spread, self->variance};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        free(arrays[i]);
    *self = (lead_pair_filters){0};
}

/* Of the root. */
static double root_variance(const lead_pair_filters *self, int od) {
    return self->variance[od] + self->scale[od] * self->noise[od];
}

static double root_mean(const lead_pair_filters *self, int od) {
    return profile_at(self, self->time)[od] + self->level[od];
}

/* The level `steps` steps on. */
static void pass(lead_pair_filters *self, int od, double steps) {
    double memory = self->memory[od], kept = memory < 1 ? pow(memory, steps) : 1,
           driven = memory < 1 ? (1 - kept * kept) / (1 - memory * memory) : steps;
    self->level[od] = self->usual[od] + kept * (self->level[od] - self->usual[od]);
    self->variance[od] =
        kept * kept * self->variance[od] + driven * self->scale[od] * self->drive[od];
}

static double jumps_of(const lead_pair_filters *self, int od) {
    return fmax(self->jumps[od], self->least_jumps);
}

static void foresee(lead_pair_filters *self, int od) {
    double m = fmax(0, root_mean(self, od)), s = root_variance(self, od);
    self->mean[od] = m * m + s;
    self->spread[od] = 4 * m * m * s + 2 * s * s + jumps_of(self, od);
}

void lead_pair_filters_predict(lead_pair_filters *self, int64_t time) {
    double steps = self->begun ? 1 : 0;
    if (self->begun && self->step > 0)
        steps = fmax(0, (double)(time - self->time) / (double)self->step);
    self->time = time;
    self->begun = true;
    for (int od = 0; od < self->pairs; od++) {
        pass(self, od, steps);
        foresee(self, od);
    }
}

/* A pair of which nothing is known: the rate tells the size of everything. */
static void begin_pair(lead_pair_filters *self, int od, double root) {
    self->level[od] = self->usual[od] = root - profile_at(self, self->time)[od];
    self->drive[od] = self->noise[od] = FRESH * root * root;
    self->variance[od] = self->noise[od];
    self->memory[od] = 1;
}

/* Scale, jumps and what is usual follow what was measured. */
static void adapt(lead_pair_filters *self, int od, double rate, double surprise, double variance) {
    double ratio = fmin(surprise * surprise / variance, SURPRISE_MOST),
           of_model = self->spread[od] - jumps_of(self, od),
           jump = pow(rate - self->mean[od], 2) - of_model,
           hours = self->step > 0 ? (double)self->step / USUAL_MEMORY : 0;
    self->scale[od] =
        fmin(SCALE_MOST, fmax(1 / SCALE_MOST, self->scale[od] * (1 + SCALE_GAIN * (ratio - 1))));
    self->jumps[od] += (jump - self->jumps[od]) / fmin(self->seen[od], JUMPS_MEMORY);
    self->usual[od] += fmin(1, hours) * (self->level[od] - self->usual[od]);
}

void lead_pair_filters_measure(lead_pair_filters *self, int od, double rate) {
    double root = sqrt(fmax(0, rate)), variance = root_variance(self, od),
           surprise = root - root_mean(self, od);
    self->seen[od]++;
    if (!(variance > 0)) {
        begin_pair(self, od, root);
        return;
    }
    double gain = self->variance[od] / variance;
    self->level[od] += gain * surprise;
    self->variance[od] *= 1 - gain;
    adapt(self, od, rate, surprise, variance);
}

/* What turned `spread` into that variance is as much as a measurement with an error of its own:
 * 1 / error = 1 / variance - 1 / spread; in the root the error is 4 x times less. */
void lead_pair_filters_learn(lead_pair_filters *self, int od, double rate, double variance) {
    double spread = self->spread[od], root = sqrt(fmax(0, rate));
    if (!(variance < spread) || !(rate > 0))
        return;
    double error = variance * spread / (spread - variance) / (4 * rate),
           gain = self->variance[od] / (root_variance(self, od) + error);
    if (!isfinite(gain))
        return;
    self->level[od] += gain * (root - root_mean(self, od));
    self->variance[od] *= 1 - gain;
}
