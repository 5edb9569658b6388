/* even: normal scores of samples that lie one in each of as many equally likely intervals, so that
 * few of them show the whole distribution. The twin of make_even() in models/lead/paths.py. */
#ifndef LEAD_PREDICT_LEAD_SAMPLING_EVEN_H
#define LEAD_PREDICT_LEAD_SAMPLING_EVEN_H

#include <lead/base.h>

/* z[samples][cells], about standard normal, finite: made even in every cell, in place. The k-th
 * smallest comes into the k-th interval, and its place in there is what it says itself: the
 * probability with which the k-th smallest of so many standard normal numbers is below it (an order
 * statistic's distribution, a beta), so that a path that is far out at one step and the next stays
 * as far out, and all places are equally likely. Numbers that are alike are put into the samples'
 * order. O(samples (log(samples) cells + 255)). */
lead_status lead_make_even(int samples, size_t cells, float *z);

#endif
