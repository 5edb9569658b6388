/* One comparison by itself: statistic, interval, p. */
#include "base/expects.h"
#include "base/numbers/random.h"
#include "compare/bootstrap.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { USUAL_RESAMPLES = 9999 };

lead_compare_options lead_compare_defaults(void) {
    return (lead_compare_options){.effect = 0.005, .confidence = 0.95, .seed = 1};
}

lead_status lead_compare_options_check(const lead_compare_options *options) {
    if (!(options->effect >= 0 && options->effect <= 1))
        return lead_fail(LEAD_INVALID, "the smallest effect of interest, %g, is not in 0..1",
                         options->effect);
    if (!(options->confidence > 0.5 && options->confidence < 1))
        return lead_fail(LEAD_INVALID, "the confidence, %g, is not between 0.5 and 1",
                         options->confidence);
    if (options->resamples != 0 && (options->resamples < 99 || options->resamples > 1000000))
        return lead_fail(LEAD_INVALID, "%d resamples are not in 99..1000000", options->resamples);
    return LEAD_OK;
}

/* Mean, 99th percentile or maximum of a side. */
static double statistic_of(const lead_compare_pieces *pieces, int side,
                           lead_compare_statistic statistic) {
    double sum = 0;
    if (statistic == LEAD_COMPARE_MAX)
        return pieces->sorted[side][pieces->values - 1];
    if (statistic == LEAD_COMPARE_P99)
        return lead_quantile(pieces->sorted[side], (size_t)pieces->values, 0.99);
    for (int k = 0; k < pieces->count; k++) { /* an epoch counts once, whatever its seeds */
        const lead_compare_piece *piece = &pieces->pieces[k];
        sum += lead_sum(piece->values[side], (size_t)(piece->count * piece->seeds)) / piece->seeds;
    }
    return sum / pieces->epochs;
}

/* How far draws are from what they are drawn from, absolute: [resamples], in standard errors for
 * the mean. */
static lead_status draw_all(lead_compare_pieces *pieces, lead_compare_statistic statistic,
                            const char *name, const lead_compare_options *options,
                            double difference, double *distances) {
    gsl_rng *random;
    LEAD_TRY(lead_random_alloc(options->seed, name, &random));
    for (int r = 0; r < options->resamples; r++) {
        lead_compare_draw(pieces, random);
        if (statistic == LEAD_COMPARE_P99) {
            double drawn_p99 =
                lead_compare_drawn_p99(pieces, 1) - lead_compare_drawn_p99(pieces, 0);
            distances[r] = isfinite(drawn_p99) ? fabs(drawn_p99 - difference) : INFINITY;
            continue;
        }
        lead_compare_moments drawn = lead_compare_moments_of(pieces, true);
        double distance = fabs(drawn.mean - difference);
        distances[r] = isnan(distance) ? INFINITY : distance > 0 ? distance / drawn.error : 0;
    }
    gsl_rng_free(random);
    lead_sort(distances, (size_t)options->resamples);
    return LEAD_OK;
}

/* The share of draws that are as far away or farther, the one at hand among them. */
static double share_beyond(double distance, const double *sorted, int count) {
    int low = 0, high = count;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (sorted[middle] < distance)
            low = middle + 1;
        else
            high = middle;
    }
    return (1.0 + count - low) / (1.0 + count);
}

static void conclude(const double *distances, double error, const lead_compare_options *options,
                     lead_compare_estimate *out) {
    int count = options->resamples, place = (int)ceil(options->confidence * (count + 1)) - 1;
    double least = options->effect * fabs(out->a), distance = fabs(out->difference),
           half = place < count ? distances[place] * error : INFINITY;
    out->low = out->difference - half;
    out->high = out->difference + half;
    out->p = share_beyond(distance / error, distances, count);
    out->p_beyond =
        distance < least ? share_beyond((least - distance) / error, distances, count) : 1;
}

/* Every epoch has the same difference: nothing is left to chance. */
static void conclude_same(const lead_compare_options *options, lead_compare_estimate *out) {
    double surely = 1.0 / (1.0 + options->resamples);
    bool same = fabs(out->difference) <= 1e-12 * fmax(fabs(out->a), fabs(out->b));
    out->difference = same ? 0 : out->difference;
    out->low = out->high = out->difference;
    out->p = same ? 1 : surely;
    out->p_beyond = same || fabs(out->difference) < options->effect * fabs(out->a) ? surely : 1;
}

static lead_status compare(lead_compare_pieces *pieces, lead_compare_statistic statistic,
                           const char *name, const lead_compare_options *options,
                           lead_compare_estimate *out) {
    double *distances, error = 1;
    if (statistic == LEAD_COMPARE_MEAN)
        error = lead_compare_moments_of(pieces, false).error;
    if (!isfinite(out->difference) || !isfinite(error)) { /* values beyond all measure */
        out->enough = false;
        return LEAD_OK;
    }
    if (error <= 1e-12 * fmax(fabs(out->a), fabs(out->b))) {
        conclude_same(options, out);
        return LEAD_OK;
    }
    LEAD_TRY(lead_calloc((size_t)options->resamples, sizeof *distances, &distances));
    lead_status status = draw_all(pieces, statistic, name, options, out->difference, distances);
    if (status == LEAD_OK)
        conclude(distances, error, options, out);
    free(distances);
    return status;
}

static void describe(const lead_compare_pieces *pieces, lead_compare_statistic statistic,
                     lead_compare_estimate *out) {
    double blocks = 0;
    int longest = 0;
    for (int k = 0; k < pieces->count; k++) {
        const lead_compare_piece *piece = &pieces->pieces[k];
        blocks += piece->count / piece->block;
        if (piece->count > longest)
            out->block = piece->block;
        longest = piece->count > longest ? piece->count : longest;
    }
    out->used = pieces->epochs;
    out->a = statistic_of(pieces, 0, statistic);
    out->b = statistic_of(pieces, 1, statistic);
    out->difference = out->b - out->a;
    out->enough = pieces->epochs >= LEAD_COMPARE_EPOCHS_MIN &&
                  (statistic == LEAD_COMPARE_P99 ? 0.01 * blocks >= LEAD_COMPARE_P99_BLOCKS_MIN
                                                 : blocks >= LEAD_COMPARE_BLOCKS_MIN);
}

lead_status lead_compare_estimate_of(const lead_compare_stretch *stretches, int count,
                                     lead_compare_statistic statistic, const char *name,
                                     const lead_compare_options *options,
                                     lead_compare_estimate *out) {
    LEAD_EXPECTS(stretches && count > 0 && name && options && out);
    lead_compare_options asked = *options;
    lead_compare_pieces pieces;
    *out = (lead_compare_estimate){NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, 0, 0, false};
    LEAD_TRY(lead_compare_options_check(options));
    asked.resamples = asked.resamples > 0 ? asked.resamples : USUAL_RESAMPLES;
    for (int k = 0; k < count; k++)
        out->epochs += stretches[k].epochs;
    LEAD_TRY(lead_compare_pieces_alloc(stretches, count, statistic, &pieces));
    lead_status status = LEAD_OK;
    if (pieces.epochs > 0) {
        describe(&pieces, statistic, out);
        if (out->enough && statistic != LEAD_COMPARE_MAX)
            status = compare(&pieces, statistic, name, &asked, out);
    }
    lead_compare_pieces_clear(&pieces);
    return status;
}
