/* pace: how many diffusion steps a forecast may take within a time budget, by what the predictor's
 * earlier forecasts took. The choice is a function of what is told here alone: no clock is read. */
#ifndef LEAD_PREDICT_LEAD_SAMPLING_PACE_H
#define LEAD_PREDICT_LEAD_SAMPLING_PACE_H

enum { LEAD_PACE_COUNTS = 7, LEAD_PACE_KEPT = 5 };

/* Seconds of a forecast: `fixed` and, for each diffusion step, `step`. */
typedef struct lead_pace_cost {
    double fixed, step;
} lead_pace_cost;

/* The largest of counts[count], which rise, whose forecast takes no longer than the budget (s); 0
 * when none is that short. */
int lead_pace_fit(lead_pace_cost cost, double budget, const int *counts, int count);

/* All zero to begin with but for the counts. */
typedef struct lead_pace {
    int counts[LEAD_PACE_COUNTS]; /* of steps, rising */
    int count;
    lead_pace_cost kept[LEAD_PACE_KEPT]; /* of the last forecasts, the oldest is overwritten */
    long seen;
} lead_pace;

/* Allows 1, 2, 4, 10, 25 and 50 steps, those below `most` (>= 1), and `most`: between them samples
 * differ too little to be worth a choice. */
void lead_pace_allow(lead_pace *pace, int most);

/* Tells what a forecast took. */
void lead_pace_add(lead_pace *pace, lead_pace_cost cost);

/* What the next forecast is taken to cost: the most of the last LEAD_PACE_KEPT, {0, 0} before the
 * first. The most, since a forecast that comes late is lost, while one of fewer steps is nearly as
 * good; the last ones, so that one disturbance is soon forgotten. */
lead_pace_cost lead_pace_expect(const lead_pace *pace);

#endif
