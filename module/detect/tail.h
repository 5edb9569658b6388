/* The distribution of scores >= 0 as learnt so far: a histogram, and beyond a threshold a
 * generalised Pareto tail (peaks over threshold; by probability-weighted moments, Hosking and
 * Wallis 1987), so that it tells of scores that nobody has seen yet. */
#ifndef LEAD_DETECT_TAIL_H
#define LEAD_DETECT_TAIL_H

#include <lead/base.h>

enum { LEAD_TAIL_BINS = 1024 };

typedef struct lead_tail {
    double weight;                /* of all scores */
    double count[LEAD_TAIL_BINS]; /* of the scores in each bin; 64 bins a factor e of 1 + score */
    double above[LEAD_TAIL_BINS + 1]; /* [i]: of the scores from bin i on, when it was settled */
} lead_tail;

/* P(X > x) = rate (1 + shape (x - threshold) / scale)^(-1/shape) for x >= threshold. */
typedef struct lead_tail_fit {
    double threshold, rate, scale, shape;
} lead_tail_fit;

/* What is believed of a tail before anything was seen of it, worth so many scores beyond the
 * threshold. */
typedef struct lead_tail_belief {
    double mean, shape, worth;
} lead_tail_belief;

/* What was learnt before counts `keep` times as much from now on. */
void lead_tail_fade(lead_tail *tail, double keep);
/* Adds a score; those from 8.8e6 on are one. */
void lead_tail_add(lead_tail *tail, double score);
/* Takes what was added into account. O(bins). */
void lead_tail_settle(lead_tail *tail);
/* Share of the scores above; 1 when there were none. */
double lead_tail_above(const lead_tail *tail, double score);
/* The least edge of a bin above which at most that share of the scores is. */
double lead_tail_threshold(const lead_tail *tail, double share);
/* Fits what is beyond a threshold, the lower edge of whose bin is taken. */
lead_tail_fit lead_tail_fit_beyond(const lead_tail *tail, double threshold,
                                   lead_tail_belief belief);
/* P(X > score) for a score beyond the threshold. */
double lead_tail_fit_above(const lead_tail_fit *fit, double score);

#endif
