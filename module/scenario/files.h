/* The files that a scenario's run reads. */
#ifndef LEAD_SCENARIO_FILES_H
#define LEAD_SCENARIO_FILES_H

#include <lead/scenario.h>

/* Calls take(what, path, data) for each in order ("topology", "tm", "suspect", then of each policy
 * "fit" and "checkpoint"); path is NULL where the scenario names none. The first failure ends it.
 */
lead_status lead_scenario_each_file(const lead_scenario *scenario,
                                    lead_status (*take)(const char *what, const char *path,
                                                        void *data),
                                    void *data);

#endif
