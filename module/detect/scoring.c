/* scoring: see scoring.h. */
#include "detect/scoring.h"
#include "detect/sets.h"
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

/* A pair's rate below this part of the mean pair's is as good as none. */
static const double floor_part = 0.05;
/* Errors below one per cent are nobody's surprise. */
static const double least_scale = 0.01;
/* Where the generalised Pareto tail of scores begins, and how many of a normal distribution are
 * beyond it. */
static const double threshold = 2, normal_beyond = 0.0455003;
/* Some pairs are quiet but for rare bursts, which no tail from the threshold on tells of. That the
 * largest of N scores so far is exceeded has probability 1 / (N + 1); by how much, falls with this
 * power. The least largest one. */
static const double record_power = 8, least_record = 4;
/* What is farther out than this many scales is learnt as if it were there. */
static const double clip = 4, clip_excess = 20;
/* How many epochs count in what is learnt of errors, and of tails. */
static const double errors_kept = 288, tails_kept = 4032, aheads_kept = 30;
/* Squared errors some steps ahead are at most so much larger. */
static const double most_ahead = 1e4;
/* What the samples' spread is worth beside errors, the pool's tail beside a pair's own, a normal
 * distribution beside the pool. */
static const double spread_worth = 10, pool_worth = 30, normal_worth = 20;
/* The shape of a tail that nobody has seen, and how many scores beyond the threshold it is worth.
 */
static const double usual_shape = 0.1, shape_worth = 10;
/* Epochs below this tail probability are not learnt from, as long as they are not many in a row. */
static const double odd_tail = 1e-3;
enum { ODD_EPOCHS = 24, FIRST_JUDGED = 50, LEARNT_ERRORS = 20, OTHER_FORECAST = 30 };
/* The tails of statistics begin where this share of the epochs is beyond. */
static const double statistic_share = 0.05;
/* Statistics are differences of description lengths; with this added they are above 0. */
static const double statistic_offset = 10;
static const lead_tail_belief statistic_belief = {.mean = 1.5, .shape = 0.2, .worth = 40},
                              score_belief = {.mean = 0.373216, .shape = 0.1, .worth = 5};

lead_status lead_scoring_alloc(int node_count, int steps, lead_scoring *out) {
    size_t pairs = (size_t)node_count * (size_t)node_count;
    *out = (lead_scoring){.n = node_count, .steps = steps > 0 ? steps : 1};
    LEAD_TRY(lead_calloc((size_t)out->steps, sizeof *out->aheads, &out->aheads));
    LEAD_TRY(lead_calloc((size_t)out->steps, sizeof *out->visits, &out->visits));
    for (int i = 0; i < out->steps; i++)
        out->aheads[i] = 1;
    LEAD_TRY(lead_calloc(pairs, sizeof *out->targets, &out->targets));
    LEAD_TRY(lead_calloc(pairs, sizeof *out->members, &out->members));
    return lead_calloc(pairs, sizeof *out->now, &out->now);
}

void lead_scoring_free(lead_scoring *scoring) {
    free(scoring->targets);
    free(scoring->now);
    free(scoring->values);
    free(scoring->members);
    free(scoring->aheads);
    free(scoring->visits);
    *scoring = (lead_scoring){0};
}

/* --- what was measured and forecast ----------------------------------------------------------- */

/* Median, and half the central 68 %, of the samples in `values`. */
static void fill_error(lead_scoring *self, lead_target_now *now, int samples) {
    now->median = lead_quantile(self->values, (size_t)samples, 0.5);
    now->error = log((now->measured + self->floor) / (now->median + self->floor));
    if (samples == 1)
        return;
    double low = lead_quantile(self->values, (size_t)samples, 0.158655),
           high = lead_quantile(self->values, (size_t)samples, 0.841345),
           half = log((high + self->floor) / (low + self->floor)) / 2;
    now->spread = fmax(half * half, least_scale * least_scale);
}

static void fill_errors(lead_scoring *self, const lead_detect_epoch *epoch) {
    int pairs = self->n * self->n;
    for (int od = 0; od < pairs; od++) {
        if (od / self->n == od % self->n || (epoch->gap && epoch->gap[od]))
            continue;
        for (int k = 0; k < epoch->sample_count; k++)
            self->values[k] = epoch->samples[(size_t)k * (size_t)pairs + (size_t)od];
        self->now[od].measured = epoch->tm[od];
        fill_error(self, &self->now[od], epoch->sample_count);
    }
}

/* The mean total of the TMs, by which the floor is. */
static void learn_total(lead_scoring *self, const double *tm) {
    self->totals = fmin(self->totals + 1, errors_kept);
    self->total += (lead_tm_total(tm, self->n) - self->total) / self->totals;
    self->floor = floor_part * self->total / (self->n * (self->n - 1));
}

/* --- scores and their tails ------------------------------------------------------------------- */

/* An error is compared with the pair's past ones, and with the samples' spread: with it alone as
 * long as there are none, and more or less where it is wider or narrower than usual. */
static bool has_scale(const lead_target *target, double ahead, lead_target_now *now) {
    double scale = target->error, spread = target->spreads > 0 ? target->spread : now->spread;
    if (now->spread > 0) {
        scale = (target->errors * target->error + spread_worth * spread) /
                (target->errors + spread_worth);
        scale *= (now->spread + spread) / (2 * spread);
    }
    now->scale = fmax(sqrt(scale * ahead), least_scale);
    return now->spread > 0 || target->errors >= LEARNT_ERRORS;
}

/* A generalised Pareto tail by its two moments (Hosking and Wallis 1987), the pair's own as far as
 * it has scores, for the rest the pool's: some pairs are bursty by nature, and most are not. */
static lead_tail_fit own_fit(const lead_target *target, const lead_tail_fit *pool) {
    double worth = pool_worth * pool->rate, count = target->beyond + worth;
    double pool_mean = pool->scale / (1 - pool->shape),
           pool_square = 2 * pool_mean * pool_mean * (1 - usual_shape) / (1 - 2 * usual_shape);
    double mean = (target->excess + worth * pool_mean) / count,
           square = (target->excess2 + worth * pool_square) / count, spread = square - mean * mean;
    double shape = spread > 0 ? fmax((1 - mean * mean / spread) / 2, 0) : 0;
    shape = (target->beyond * shape + shape_worth * usual_shape) / (target->beyond + shape_worth);
    return (lead_tail_fit){.threshold = pool->threshold,
                           .rate = count / (target->scores + pool_worth),
                           .scale = mean * (1 - shape),
                           .shape = shape};
}

/* Below the threshold as the pool's are. */
static double tail_of(const lead_target_now *now, const lead_tail *pool, const lead_tail_fit *fit) {
    double normal = 2 * gsl_cdf_ugaussian_Q(now->score),
           trust = pool->weight / (pool->weight + normal_worth);
    if (!(pool->weight > 0))
        return normal;
    if (now->score > fit->threshold)
        return (1 - trust) * normal + trust * exp(-lead_target_loss(now, now->score));
    double pooled =
        1 - (1 - lead_tail_above(pool, now->score)) * (1 - now->fit.rate) / (1 - fit->rate);
    return (1 - trust) * normal + trust * fmax(pooled, now->fit.rate);
}

static void fill_tails(lead_scoring *self, double ahead) {
    lead_tail_fit fit = lead_tail_fit_beyond(&self->pool, threshold, score_belief);
    fit.rate = (self->pool.weight * fit.rate + normal_worth * normal_beyond) /
               (self->pool.weight + normal_worth);
    for (int od = 0; od < self->n * self->n; od++) {
        lead_target_now *now = &self->now[od];
        if (isnan(now->error) || !has_scale(&self->targets[od], ahead, now))
            continue;
        now->score = fabs(now->error) / now->scale;
        now->fit = own_fit(&self->targets[od], &fit);
        now->rarity = -log(now->fit.rate);
        now->record = fmax(self->targets[od].record, least_record);
        now->record_rarity = log(self->targets[od].scores + pool_worth);
        now->tail = tail_of(now, &self->pool, &fit);
        self->judged++;
    }
}

double lead_target_loss(const lead_target_now *now, double score) {
    double part = score / now->fit.threshold, beyond = score - now->fit.threshold;
    if (beyond <= 0)
        return now->rarity * part * sqrt(part);
    double near = log1p(now->fit.shape * beyond / now->fit.scale) / now->fit.shape,
           record = now->record_rarity + record_power * log(score / now->record);
    return fmin(now->rarity + near, fmax(record, now->rarity));
}

/* --- the network ------------------------------------------------------------------------------ */

/* Odd epochs are not learnt: the mean of what is left of an exponential tail is allowed for. */
static double statistic_tail(const lead_tail *tail, double statistic) {
    lead_tail_fit fit =
        lead_tail_fit_beyond(tail, lead_tail_threshold(tail, statistic_share), statistic_belief);
    double cut = log(statistic_share * LEAD_KINDS / odd_tail);
    fit.scale /= 1 - cut / expm1(cut);
    return statistic <= fit.threshold ? lead_tail_above(tail, statistic)
                                      : lead_tail_fit_above(&fit, statistic);
}

/* The least of the kinds' tails, times their number (Bonferroni). */
static double network_tail(const lead_scoring *self, const double *statistics) {
    double least = 1;
    if (self->kinds[0].weight < FIRST_JUDGED)
        return NAN;
    for (int i = 0; i < LEAD_KINDS; i++)
        least = fmin(least, LEAD_KINDS * statistic_tail(&self->kinds[i], statistics[i]));
    return least;
}

/* --- learning --------------------------------------------------------------------------------- */

static void learn_target(lead_target *target, const lead_target_now *now, double ahead,
                         lead_tail *pool) {
    double keep = 1 - 1 / tails_kept, error = fmin(fabs(now->error), clip * now->scale);
    target->errors = fmin(target->errors + 1, errors_kept);
    if (target->errors <= LEARNT_ERRORS) /* nothing to clip by yet */
        error = fabs(now->error);
    target->error += (error * error / ahead - target->error) / target->errors;
    if (now->spread > 0) {
        target->spreads = fmin(target->spreads + 1, errors_kept);
        target->spread += (now->spread - target->spread) / target->spreads;
    }
    if (isnan(now->tail))
        return;
    double excess = fmin(fmax(now->score - threshold, 0), clip_excess);
    lead_tail_add(pool, now->score);
    target->scores = keep * target->scores + 1;
    target->beyond = keep * target->beyond + (now->score > threshold);
    target->record = fmax(keep * target->record, now->score);
    target->excess = keep * target->excess + excess;
    target->excess2 = keep * target->excess2 + excess * excess;
}

/* How much larger errors are so far ahead: over all pairs. */
static void learn_ahead(lead_scoring *self, int ahead) {
    double sum = 0;
    for (int od = 0; od < self->n * self->n; od++)
        if (!isnan(self->now[od].tail))
            sum += fmin(self->now[od].score, clip) * fmin(self->now[od].score, clip);
    if (ahead == 0 || self->judged == 0)
        return;
    double *value = &self->aheads[ahead], *visits = &self->visits[ahead];
    *visits = fmin(*visits + 1, aheads_kept);
    *value *= 1 + (sum / self->judged - 1) / *visits;
    *value = fmin(fmax(*value, 1), most_ahead);
}

static void learn_targets(lead_scoring *self, double ahead) {
    lead_tail_fade(&self->pool, 1 - 1 / tails_kept);
    for (int od = 0; od < self->n * self->n; od++)
        if (!isnan(self->now[od].error))
            learn_target(&self->targets[od], &self->now[od], ahead, &self->pool);
    lead_tail_settle(&self->pool);
}

static void learn_statistics(lead_scoring *self, const double *statistics) {
    for (int i = 0; i < LEAD_KINDS; i++) {
        lead_tail_fade(&self->kinds[i], 1 - 1 / tails_kept);
        lead_tail_add(&self->kinds[i], statistics[i]);
        lead_tail_settle(&self->kinds[i]);
    }
}

/* --- an epoch --------------------------------------------------------------------------------- */

static lead_status begin(lead_scoring *self, const lead_detect_epoch *epoch) {
    for (int od = 0; od < self->n * self->n; od++)
        self->now[od] = (lead_target_now){.error = NAN, .tail = NAN};
    self->judged = 0;
    if (epoch->sample_count <= self->room)
        return LEAD_OK;
    free(self->values);
    self->room = 0;
    LEAD_TRY(lead_calloc((size_t)epoch->sample_count, sizeof *self->values, &self->values));
    self->room = epoch->sample_count;
    return LEAD_OK;
}

lead_status lead_scoring_epoch(lead_scoring *scoring, const lead_detect_epoch *epoch,
                               double *tail) {
    double statistics[LEAD_KINDS], ahead = scoring->aheads[epoch->ahead];
    *tail = NAN;
    LEAD_TRY(begin(scoring, epoch));
    if (scoring->totals == 0 || scoring->odd == 0)
        learn_total(scoring, epoch->tm);
    if (!epoch->samples || !(scoring->floor > 0))
        return LEAD_OK;
    fill_errors(scoring, epoch);
    fill_tails(scoring, ahead);
    if (scoring->judged > 0) {
        lead_sets_scan(scoring, statistics);
        for (int i = 0; i < LEAD_KINDS; i++)
            statistics[i] = fmax(statistics[i] + statistic_offset, 0);
        *tail = network_tail(scoring, statistics);
    }
    scoring->odd = *tail < odd_tail ? scoring->odd + 1 : 0;
    if (scoring->odd > 0 && scoring->odd <= ODD_EPOCHS)
        return LEAD_OK;
    if (scoring->judged > 0)
        learn_statistics(scoring, statistics);
    learn_targets(scoring, ahead);
    learn_ahead(scoring, epoch->ahead);
    return LEAD_OK;
}

void lead_scoring_change_forecast(lead_scoring *scoring) {
    for (int od = 0; od < scoring->n * scoring->n; od++)
        scoring->targets[od].errors = fmin(scoring->targets[od].errors, OTHER_FORECAST);
}
