/* scoring: see scoring.h. */
#include "detect/scoring.h"
#include "base/array.h"
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A pair's rate below this part of the mean pair's is as good as none. */
static const double floor_part = 0.05;
/* Errors below one per cent are nobody's surprise. */
static const double least_scale = 0.01;
/* Where the generalised Pareto tail of scores begins; how many of a normal distribution are beyond
 * it, and how far in the mean. */
static const double beyond = 2, normal_beyond = 0.0455003;
/* What is farther out than this many scales is learnt as if it were there. */
static const double clip = 4, clip_excess = 20;
/* How many epochs count in what is learnt of errors, and of tails. */
static const double errors_kept = 288, tails_kept = 4032;
/* What the samples' spread is worth beside errors, the pool's tail beside a target's own, a normal
 * distribution beside the pool. */
static const double spread_worth = 10, pool_worth = 30, normal_worth = 20;
/* Epochs below this tail probability are not learnt from, as long as they are not many in a row. */
static const double odd_tail = 1e-3;
enum { ODD_EPOCHS = 24, FIRST_JUDGED = 50, LEARNT_ERRORS = 20, OTHER_FORECAST = 30 };
/* The network's tail begins where this share of the epochs is beyond. */
static const double network_share = 0.05;
static const lead_tail_belief network_belief = {.mean = 1, .shape = 0, .worth = 20},
                              score_belief = {.mean = 0.373216, .shape = 0.1, .worth = 5};

lead_status lead_scoring_alloc(int node_count, lead_scoring *out) {
    size_t n = (size_t)node_count;
    *out = (lead_scoring){.n = node_count, .count = node_count * node_count + 2 * node_count + 1};
    LEAD_TRY(lead_calloc(n * n + 2 * n + 1, sizeof *out->targets, &out->targets));
    return lead_calloc(n * n + 2 * n + 1, sizeof *out->now, &out->now);
}

void lead_scoring_free(lead_scoring *scoring) {
    free(scoring->targets);
    free(scoring->now);
    free(scoring->values);
    free(scoring->sums);
    *scoring = (lead_scoring){0};
}

static int pool_of(const lead_scoring *self, int target) {
    int pairs = self->n * self->n;
    return target < pairs             ? LEAD_POOL_PAIRS
           : target < self->count - 1 ? LEAD_POOL_NODES
                                      : LEAD_POOL_ALL;
}

/* How many pairs a target is the sum of. */
static int width_of(const lead_scoring *self, int target) {
    static const int one = 1;
    int pool = pool_of(self, target);
    return pool == LEAD_POOL_PAIRS   ? one
           : pool == LEAD_POOL_NODES ? self->n - 1
                                     : self->n * (self->n - 1);
}

/* --- what was measured and forecast ----------------------------------------------------------- */

/* Median, and half the central 68 %, of the samples of a target that are in `values`. */
static void fill_forecast(lead_scoring *self, int target, int samples) {
    lead_target_now *now = &self->now[target];
    double floor = self->floor * width_of(self, target), low = 0, high = 0;
    now->median = lead_quantile(self->values, (size_t)samples, 0.5);
    now->spread = 0;
    if (samples > 1) {
        low = log(lead_quantile(self->values, (size_t)samples, 0.158655) + floor);
        high = log(lead_quantile(self->values, (size_t)samples, 0.841345) + floor);
        now->spread = fmax((high - low) * (high - low) / 4, least_scale * least_scale);
    }
    now->error = log((now->measured + floor) / (now->median + floor));
}

static bool is_pair(const lead_scoring *self, const lead_detect_epoch *epoch, int od) {
    return od / self->n != od % self->n && !(epoch->gap && epoch->gap[od]);
}

static void fill_pairs(lead_scoring *self, const lead_detect_epoch *epoch) {
    size_t pairs = (size_t)self->n * (size_t)self->n;
    self->pairs = 0;
    for (int od = 0; od < (int)pairs; od++) {
        if (!is_pair(self, epoch, od))
            continue;
        for (int k = 0; k < epoch->sample_count; k++)
            self->values[k] = epoch->samples[(size_t)k * pairs + (size_t)od];
        self->now[od].judged = true;
        self->now[od].measured = epoch->tm[od];
        fill_forecast(self, od, epoch->sample_count);
        self->pairs++;
    }
}

/* The sums of a TM over the pairs that were measured: of sources, destinations, all. */
static void add_up(const lead_scoring *self, const double *tm, double *sums) {
    int n = self->n;
    memset(sums, 0, (2 * (size_t)n + 1) * sizeof *sums);
    for (int od = 0; od < n * n; od++) {
        double rate = self->now[od].judged ? tm[od] : 0;
        sums[od / n] += rate;
        sums[n + od % n] += rate;
        sums[2 * n] += rate;
    }
}

/* Pairs that were measured of a sum. */
static int measured_of(const lead_scoring *self, int sum) {
    int n = self->n, count = 0;
    if (sum == 2 * n)
        return self->pairs;
    for (int i = 0; i < n; i++)
        count += self->now[sum < n ? sum * n + i : i * n + sum - n].judged;
    return count;
}

static void fill_sums(lead_scoring *self, const lead_detect_epoch *epoch) {
    size_t sums = 2 * (size_t)self->n + 1, pairs = (size_t)self->n * (size_t)self->n;
    for (int k = 0; k < epoch->sample_count; k++)
        add_up(self, epoch->samples + (size_t)k * pairs, self->sums + (size_t)k * sums);
    double *measured = self->sums + (size_t)epoch->sample_count * sums;
    add_up(self, epoch->tm, measured);
    for (int i = 0; i < (int)sums; i++) {
        int target = (int)pairs + i;
        if (2 * measured_of(self, i) < width_of(self, target))
            continue;
        for (int k = 0; k < epoch->sample_count; k++)
            self->values[k] = self->sums[(size_t)k * sums + (size_t)i];
        self->now[target].judged = true;
        self->now[target].measured = measured[i];
        fill_forecast(self, target, epoch->sample_count);
    }
}

/* The mean total of the TMs, by which the floor is. */
static void learn_total(lead_scoring *self, const double *tm) {
    self->totals = fmin(self->totals + 1, errors_kept);
    self->total += (lead_tm_total(tm, self->n) - self->total) / self->totals;
    self->floor = floor_part * self->total / (self->n * (self->n - 1));
}

/* --- scores and their tails ------------------------------------------------------------------- */

/* An error is compared with the past ones of the target, and with the samples' spread: with it
 * alone as long as there are none, and more or less where it is wider or narrower than usual. */
static void fill_score(const lead_target *target, lead_target_now *now) {
    double scale = target->error, spread = target->spreads > 0 ? target->spread : now->spread;
    if (now->spread > 0) {
        scale = (target->errors * target->error + spread_worth * spread) /
                (target->errors + spread_worth);
        scale *= (now->spread + spread) / (2 * spread);
    } else if (target->errors < LEARNT_ERRORS) {
        now->judged = false;
    }
    now->scale = fmax(sqrt(scale), least_scale);
    now->score = fabs(now->error) / now->scale;
}

/* The tail of a target's scores: its own number of scores beyond the threshold, and how far, as far
 * as there are; the pool's for the rest, and its shape. */
static double tail_of(const lead_target *target, const lead_tail *pool, const lead_tail_fit *fit,
                      double score) {
    double normal = 2 * gsl_cdf_ugaussian_Q(score),
           trust = pool->weight / (pool->weight + normal_worth);
    if (!(pool->weight > 0))
        return normal;
    double rate = (target->beyond + pool_worth * fit->rate) / (target->scores + pool_worth);
    if (score <= fit->threshold) {
        double pooled = lead_tail_above(pool, score);
        return (1 - trust) * normal + trust * (1 - (1 - pooled) * (1 - rate) / (1 - fit->rate));
    }
    double mean = fit->scale / (1 - fit->shape), worth = pool_worth * fit->rate;
    lead_tail_fit own = *fit;
    own.rate = rate;
    own.scale = (target->excess + worth * mean) / (target->beyond + worth) * (1 - fit->shape);
    return (1 - trust) * normal + trust * lead_tail_fit_above(&own, score);
}

/* -log of the least tail probability, each times the number of targets in its pool (Bonferroni).
 * Its own distribution is learnt, which allows for what targets have in common. */
static void fill_tails(lead_scoring *self) {
    lead_tail_fit fits[LEAD_POOLS];
    double least[LEAD_POOLS] = {1, 1, 1};
    int counts[LEAD_POOLS] = {0};
    for (int i = 0; i < LEAD_POOLS; i++) {
        fits[i] = lead_tail_fit_beyond(&self->pools[i], beyond, score_belief);
        fits[i].rate = (self->pools[i].weight * fits[i].rate + normal_worth * normal_beyond) /
                       (self->pools[i].weight + normal_worth);
    }
    for (int i = 0; i < self->count; i++) {
        lead_target_now *now = &self->now[i];
        int pool = pool_of(self, i);
        now->tail = NAN;
        if (now->judged)
            fill_score(&self->targets[i], now);
        if (!now->judged)
            continue;
        now->tail = tail_of(&self->targets[i], &self->pools[pool], &fits[pool], now->score);
        least[pool] = fmin(least[pool], now->tail);
        counts[pool]++;
    }
    self->statistic = 0;
    for (int i = 0; i < LEAD_POOLS; i++)
        if (counts[i] > 0)
            self->statistic = fmax(self->statistic, -log(fmax(least[i], 1e-300) * counts[i]));
}

/* Odd epochs were not learnt: the mean of what is left of an exponential tail is allowed for. */
static double network_tail(const lead_scoring *self) {
    lead_tail_fit fit = lead_tail_fit_beyond(
        &self->network, lead_tail_threshold(&self->network, network_share), network_belief);
    double cut = log(network_share / odd_tail);
    fit.scale /= 1 - cut / expm1(cut);
    if (self->network.weight < FIRST_JUDGED)
        return NAN;
    return self->statistic <= fit.threshold ? lead_tail_above(&self->network, self->statistic)
                                            : lead_tail_fit_above(&fit, self->statistic);
}

/* --- learning --------------------------------------------------------------------------------- */

static void learn_target(lead_target *target, const lead_target_now *now, lead_tail *pool) {
    double keep = 1 - 1 / tails_kept, error = fmin(fabs(now->error), clip * now->scale);
    target->errors = fmin(target->errors + 1, errors_kept);
    if (target->errors <= LEARNT_ERRORS) /* nothing to clip by yet */
        error = fabs(now->error);
    target->error += (error * error - target->error) / target->errors;
    if (now->spread > 0) {
        target->spreads = fmin(target->spreads + 1, errors_kept);
        target->spread += (now->spread - target->spread) / target->spreads;
    }
    if (isnan(now->tail))
        return;
    lead_tail_add(pool, now->score);
    target->scores = keep * target->scores + 1;
    target->beyond = keep * target->beyond + (now->score > beyond);
    target->excess = keep * target->excess + fmin(fmax(now->score - beyond, 0), clip_excess);
}

static void learn_targets(lead_scoring *self) {
    for (int i = 0; i < LEAD_POOLS; i++)
        lead_tail_fade(&self->pools[i], 1 - 1 / tails_kept);
    for (int i = 0; i < self->count; i++)
        if (!isnan(self->now[i].error))
            learn_target(&self->targets[i], &self->now[i], &self->pools[pool_of(self, i)]);
    for (int i = 0; i < LEAD_POOLS; i++)
        lead_tail_settle(&self->pools[i]);
}

static void learn_network(lead_scoring *self) {
    lead_tail_fade(&self->network, 1 - 1 / tails_kept);
    lead_tail_add(&self->network, self->statistic);
    lead_tail_settle(&self->network);
}

/* Without scores for lack of past errors there is no statistic either. */
static bool has_scores(const lead_scoring *self) {
    for (int i = 0; i < self->count; i++)
        if (!isnan(self->now[i].tail))
            return true;
    return false;
}

static void learn(lead_scoring *self, double tail) {
    self->odd = tail < odd_tail ? self->odd + 1 : 0;
    if (self->odd > 0 && self->odd <= ODD_EPOCHS)
        return;
    if (has_scores(self))
        learn_network(self);
    learn_targets(self);
}

/* --- an epoch --------------------------------------------------------------------------------- */

static lead_status make_room(lead_scoring *self, int samples) {
    size_t sums = 2 * (size_t)self->n + 1;
    if (samples < self->room)
        return LEAD_OK;
    free(self->values);
    free(self->sums);
    self->values = self->sums = NULL;
    self->room = 0;
    LEAD_TRY(lead_calloc((size_t)samples + 1, sizeof *self->values, &self->values));
    LEAD_TRY(lead_calloc(((size_t)samples + 1) * sums, sizeof *self->sums, &self->sums));
    self->room = samples + 1;
    return LEAD_OK;
}

static void clear(lead_scoring *self) {
    for (int i = 0; i < self->count; i++)
        self->now[i] = (lead_target_now){.error = NAN, .tail = NAN};
    self->pairs = 0;
}

lead_status lead_scoring_epoch(lead_scoring *scoring, const lead_detect_epoch *epoch,
                               double *tail) {
    *tail = NAN;
    clear(scoring);
    if (!epoch->samples || epoch->sample_count < 1)
        return LEAD_OK;
    LEAD_TRY(make_room(scoring, epoch->sample_count));
    if (scoring->totals == 0 || scoring->odd == 0)
        learn_total(scoring, epoch->tm);
    if (!(scoring->floor > 0))
        return LEAD_OK;
    fill_pairs(scoring, epoch);
    if (scoring->pairs == 0)
        return LEAD_OK;
    fill_sums(scoring, epoch);
    fill_tails(scoring);
    if (has_scores(scoring))
        *tail = network_tail(scoring);
    learn(scoring, *tail);
    return LEAD_OK;
}

void lead_scoring_change_forecast(lead_scoring *scoring) {
    for (int i = 0; i < scoring->count; i++)
        scoring->targets[i].errors = fmin(scoring->targets[i].errors, OTHER_FORECAST);
}
