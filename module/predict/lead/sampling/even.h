/* even: normal scores of samples that lie one in each of as many equally likely intervals, so that
 * few of them show the whole distribution. The twin of make_even() and reorder() in
 * models/lead/paths.py. */
#ifndef LEAD_PREDICT_LEAD_SAMPLING_EVEN_H
#define LEAD_PREDICT_LEAD_SAMPLING_EVEN_H

#include <lead/base.h>

/* Of a number of samples, which may be 1 to 10^6. O(255 samples) of time and memory. */
typedef struct lead_even lead_even;

lead_status lead_even_alloc(int samples, lead_even **out);
void lead_even_free(lead_even *self);

/* z[samples][cells], standard normal, finite: made even in every cell, in place. The k-th smallest
 * comes into the k-th interval, and its place in there is what it says itself, to 1/40 (and as if
 * beyond 3.175, where no bank reaches, it were that): the probability with which the k-th smallest
 * of so many independent standard normal numbers is below it (an order statistic's distribution, a
 * beta). So a path that is far out at one step and the next stays as far out; and places are
 * uniform, or nearer to the middle where the numbers are themselves a large part of an even
 * set. Numbers that are alike are put into the samples' order. O(samples log(samples) cells). */
void lead_even_make(lead_even *self, size_t cells, float *z);

/* Puts the numbers of each cell of z[samples][cells] into the order that `order` has there. */
void lead_even_reorder(lead_even *self, size_t cells, const float *order, float *z);

#endif
