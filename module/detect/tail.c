/* tail: see tail.h. */
#include "detect/tail.h"
#include <math.h>

static const double bins_per_e = 64;
/* A tail lighter than an exponential one, or without a mean to speak of, is not believed. */
static const double least_shape = 0, most_shape = 0.7;

static int bin_of(double score) {
    double bin = log1p(score) * bins_per_e;
    return bin < LEAD_TAIL_BINS - 1 ? (int)bin : LEAD_TAIL_BINS - 1;
}

static double edge_of(int bin) {
    return expm1(bin / bins_per_e);
}

void lead_tail_fade(lead_tail *tail, double keep) {
    tail->weight *= keep;
    for (int i = 0; i < LEAD_TAIL_BINS; i++)
        tail->count[i] *= keep;
}

void lead_tail_add(lead_tail *tail, double score) {
    tail->count[bin_of(score)]++;
    tail->weight++;
}

void lead_tail_settle(lead_tail *tail) {
    tail->above[LEAD_TAIL_BINS] = 0;
    for (int i = LEAD_TAIL_BINS - 1; i >= 0; i--)
        tail->above[i] = tail->above[i + 1] + tail->count[i];
}

double lead_tail_above(const lead_tail *tail, double score) {
    int bin = bin_of(score);
    if (!(tail->weight > 0))
        return 1;
    double part = fmin(fmax(log1p(score) * bins_per_e - bin, 0), 1);
    return fmin((tail->above[bin + 1] + (1 - part) * tail->count[bin]) / tail->weight, 1);
}

double lead_tail_threshold(const lead_tail *tail, double share) {
    for (int i = 0; i < LEAD_TAIL_BINS - 1; i++)
        if (tail->above[i] <= share * tail->weight)
            return edge_of(i);
    return edge_of(LEAD_TAIL_BINS - 1);
}

lead_tail_fit lead_tail_fit_beyond(const lead_tail *tail, double threshold,
                                   lead_tail_belief belief) {
    int first = bin_of(threshold + 1e-9);
    double count = tail->above[first], sum = 0, weighted = 0;
    lead_tail_fit fit = {.threshold = edge_of(first), .shape = belief.shape};
    for (int i = first; i < LEAD_TAIL_BINS && count > 0; i++) {
        double excess = (edge_of(i) + edge_of(i + 1)) / 2 - fit.threshold;
        sum += tail->count[i] * excess;
        weighted += tail->count[i] * excess * (tail->above[i + 1] + tail->count[i] / 2) / count;
    }
    double total = count + belief.worth, difference = sum - 2 * weighted;
    if (difference > 0)
        fit.shape = (count * (2 - sum / difference) + belief.worth * belief.shape) / total;
    fit.shape = fmin(fmax(fit.shape, least_shape), most_shape);
    fit.rate = tail->weight > 0 ? count / tail->weight : 0;
    fit.scale = (sum + belief.worth * belief.mean) / total * (1 - fit.shape);
    return fit;
}

double lead_tail_fit_above(const lead_tail_fit *fit, double score) {
    double beyond = fmax(score - fit->threshold, 0) / fit->scale;
    return fit->rate *
           (fit->shape > 1e-9 ? pow(1 + fit->shape * beyond, -1 / fit->shape) : exp(-beyond));
}
