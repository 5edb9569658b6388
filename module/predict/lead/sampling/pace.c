/* pace: see pace.h. */
#include "predict/lead/sampling/pace.h"

#include <math.h>

int lead_pace_fit(lead_pace_cost cost, double budget, const int *counts, int count) {
    int best = 0;
    for (int i = 0; i < count; i++)
        if (cost.fixed + counts[i] * cost.step <= budget)
            best = counts[i];
    return best;
}

void lead_pace_allow(lead_pace *pace, int most) {
    static const int sensible[] = {1, 2, 4, 10, 25, 50};
    pace->count = 0;
    for (int i = 0; i < LEAD_PACE_COUNTS - 1 && sensible[i] < most; i++)
        pace->counts[pace->count++] = sensible[i];
    pace->counts[pace->count++] = most;
}

void lead_pace_add(lead_pace *pace, lead_pace_cost cost) {
    pace->kept[pace->seen++ % LEAD_PACE_KEPT] = cost;
}

lead_pace_cost lead_pace_expect(const lead_pace *pace) {
    lead_pace_cost most = {0, 0};
    for (int i = 0; i < LEAD_PACE_KEPT; i++) /* those not yet there are zero */
        most = (lead_pace_cost){fmax(most.fixed, pace->kept[i].fixed),
                                fmax(most.step, pace->kept[i].step)};
    return most;
}
