/* Keys that are read but change nothing, since another key says so. */
#ifndef LEAD_SCENARIO_HEEDED_H
#define LEAD_SCENARIO_HEEDED_H

#include <lead/scenario.h>

/* Logs each with file, line and why. Defaults are not spoken of: a written scenario holds all. */
void lead_scenario_warn_idle(const lead_scenario *scenario);
/* The same for the policies alone: all that an attached controller has. */
void lead_scenario_warn_idle_policies(const lead_scenario *scenario);

#endif
