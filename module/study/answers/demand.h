/* demand: the largest factor on all demands with which the MLU stays at most 1, searched by runs.
 */
#ifndef LEAD_STUDY_ANSWERS_DEMAND_H
#define LEAD_STUDY_ANSWERS_DEMAND_H

#include <lead/study.h>

/* A run: what all demands were multiplied by, and the largest MLU of its epochs. */
typedef struct lead_trial {
    double factor, mlu;
} lead_trial;

enum { LEAD_TRIALS_MOST = 60 };

/* What trials[count] say: the largest factor with an MLU of at most 1, and the least one above it
 * with more; NaN: there is none. Whether MLUs grow with factors does not matter. O(count). */
void lead_trials_bracket(const lead_trial *trials, int count, double *low, double *high);
/* The next factor to try after trials[count], of which there is one at least; 0: the limit is
 * found, to a part LEAD_STUDY_LIMIT, or there is none between 1e-6 and 1e6. First both sides of
 * where the MLU would be 1 if it were linear, which ends the search where it is; then twice or half
 * as much until the limit is between two factors, then their geometric mean. O(count). */
double lead_trials_next(const lead_trial *trials, int count);

#endif
