/* network: what failures together say about the network: availability, and what is critical. */
#ifndef LEAD_STUDY_ANSWERS_NETWORK_H
#define LEAD_STUDY_ANSWERS_NETWORK_H

#include "study/answers/states.h"

/* The first row of the policy of a row. O(rows of a variant). */
int lead_study_policy(const lead_study *study, int row);

/* Fills in results->availability and results->critical from the lines that are there. `states` may
 * be NULL: then there is neither. LEAD_MEMORY. O(lines x (states + rows)). */
lead_status lead_network_rate(const lead_study *study, const lead_states *states,
                              lead_study_results *results);

#endif
