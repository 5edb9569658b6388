/* What tables of many runs do without. */
#ifndef LEAD_SCENARIO_SPARE_H
#define LEAD_SCENARIO_SPARE_H

#include <lead/scenario.h>

/* No tm.h5 and no anomalies where the scenario asks for no more of them than is usual: a run of the
 * scenario itself has them, a row of a table or a test has no reader for them. */
void lead_scenario_spare(lead_scenario *scenario);

#endif
